ALTER TABLE "client_usage" DROP COLUMN "asked";--> statement-breakpoint
ALTER TABLE "client_usage" DROP COLUMN "minute_left";--> statement-breakpoint
ALTER TABLE "client_usage" DROP COLUMN "day_left";--> statement-breakpoint
ALTER TABLE "client_usage" DROP COLUMN "admitted";--> statement-breakpoint
-- Admits questions of one caller: not a revoked one, nor one that lacks the scope or pauses; others as far as the quotas of the
-- minute and of the day go. The usage row is locked, so that of two statements at once the second counts on what the first used.
-- A caller of a large quota is counted in slots, others exactly, in slot 0.
--   asked     questions that count
--   admitted  how many of them may be answered
--   refusal   why the others may not: CODE,SECONDS
--   is_barred whether that holds for questions asked before, too
--   quota     checks a minute, what is left of them, seconds to the end of the minute
CREATE FUNCTION "admit"(
  caller text, scope text, asked int, wanted_slot int, exact_per_minute int, default_per_minute int, default_per_day int,
  OUT region text, OUT slot int, OUT admitted int, OUT refusal text, OUT is_barred boolean, OUT quota text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  known clients;
  usage client_usage;
  this_minute timestamptz := date_trunc('minute', now());
  to_minute_end int := ceil(60 - extract(second FROM now()));
  to_day_end int := ceil(extract(epoch FROM current_date + 1 - now()));
  per_minute int;
  per_day int;
  minute_left int;
  day_left int;
  paused_until timestamptz;
BEGIN
  SELECT * INTO known FROM clients c WHERE c.name = caller;
  region := known.region;
  per_minute := coalesce(known.per_minute, default_per_minute);
  per_day := coalesce(known.per_day, default_per_day);
  slot := CASE WHEN known.per_minute > exact_per_minute THEN wanted_slot ELSE 0 END;
  admitted := 0;
  quota := concat_ws(',', per_minute, 0, to_minute_end);

  is_barred := true;
  IF known.revoked_at IS NOT NULL THEN refusal := 'REVOKED,0'; RETURN; END IF;
  IF NOT scope = ANY (known.scopes) THEN refusal := 'SCOPE,0'; RETURN; END IF;
  is_barred := false;
  SELECT max(m.paused_until) INTO paused_until FROM client_misses m WHERE m.client = caller AND m.paused_until > now();
  IF paused_until IS NOT NULL THEN
    refusal := 'PAUSED,' || ceil(extract(epoch FROM paused_until - now()));
    RETURN;
  END IF;

  SELECT * INTO usage FROM client_usage u WHERE u.client = caller AND u.slot = admit.slot FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO client_usage (client, slot, minute, in_minute, day, in_day)
      VALUES (caller, admit.slot, this_minute, 0, current_date, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO usage FROM client_usage u WHERE u.client = caller AND u.slot = admit.slot FOR UPDATE;
  END IF;
  IF usage.minute <> this_minute THEN usage.in_minute := 0; END IF;
  IF usage.day <> current_date THEN usage.in_day := 0; END IF;

  SELECT per_minute - usage.in_minute - coalesce(sum(u.in_minute) FILTER (WHERE u.minute = this_minute), 0),
         per_day - usage.in_day - coalesce(sum(u.in_day) FILTER (WHERE u.day = current_date), 0)
    INTO minute_left, day_left
    FROM client_usage u WHERE u.client = caller AND u.slot <> admit.slot;
  admitted := greatest(0, least(asked, minute_left, day_left));
  UPDATE client_usage u SET minute = this_minute, in_minute = usage.in_minute + admitted,
      day = current_date, in_day = usage.in_day + admitted
    WHERE u.client = caller AND u.slot = admit.slot;
  quota := concat_ws(',', per_minute, greatest(0, minute_left - admitted), to_minute_end);
  refusal := CASE WHEN day_left <= admitted THEN 'DAY_QUOTA,' || to_day_end ELSE 'MINUTE_QUOTA,' || to_minute_end END;
END $$;
