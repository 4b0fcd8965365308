-- Rows of the audit are final, for their owner too: who would change one has to take the trigger away first.
CREATE FUNCTION "audit_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are final: they go with the database', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_is_final" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_final"();
--> statement-breakpoint
CREATE TRIGGER "audit_is_final" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_blocks" FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_final"();
--> statement-breakpoint
-- Also where session_replication_role puts ordinary triggers to sleep.
ALTER TABLE "audit" ENABLE ALWAYS TRIGGER "audit_is_final";
--> statement-breakpoint
ALTER TABLE "audit_blocks" ENABLE ALWAYS TRIGGER "audit_is_final";
--> statement-breakpoint
-- The role that the server works as. Roles are of the whole cluster: another database, or another process just now, may have made it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakpilih_app') THEN
    BEGIN
      CREATE ROLE hakpilih_app NOLOGIN;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN
        RAISE NOTICE 'no role hakpilih_app: this user may not create roles, so the server works as the owner';
        RETURN;
    END;
  END IF;
  IF NOT pg_has_role(current_user, 'hakpilih_app', 'SET') THEN
    BEGIN
      GRANT hakpilih_app TO CURRENT_USER;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE NOTICE 'this user may not become hakpilih_app, so the server works as the owner';
    END;
  END IF;
  GRANT USAGE ON SCHEMA public, drizzle TO hakpilih_app;
  GRANT SELECT ON drizzle.__drizzle_migrations, registry_key, sources, copies, residents, changes, clients TO hakpilih_app;
  GRANT SELECT, INSERT ON audit, audit_blocks TO hakpilih_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON client_usage, client_misses, site_misses, used_proofs,
    self_check_tags, self_check_addresses, lists, list_refs TO hakpilih_app;
END $$;
