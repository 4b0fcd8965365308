import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A resident as the Dukcapil web service tells of him; the keys are its own. */
export type ToldResident = Record<string, string | number | null>;

/** The words in which it refuses, as integrators met them. */
export const REFUSALS = {
  QUOTA: ['Kuota Akses Hari ini telah Habis', 'KUOTA AKSES HARI INI TELAH HABIS', 'Kuota akses hari ini telah habis'],
  LOGIN: ['Login Gagal'],
  IP: ['IP Address Tidak Sesuai', 'IP Client  Tidak terdaftar'],
  INACTIVE_USER: ['User ID Tidak Aktif'],
} as const;

/** How it answers: as it should, with an error inside an answer of status 200, or as a failing server does. */
export type Behaviour =
  | 'WORKS'
  | keyof typeof REFUSALS
  | 'HANGS'
  | 'TRICKLES'
  | 'RESETS'
  | 'CUT'
  | 'CUT_CLEANLY'
  | 'ERROR_500'
  | 'ERROR_503'
  | 'HTML'
  | 'REDIRECTS'
  | 'HUGE';

const CALL = { url: '/dukcapil/get_json/hakpilih/CALL_NIK', user: 'kpud-3201', password: 'rahasia', ip: '10.1.2.3' };

/** The page around whatever it says. */
export const pageOf = (content: object[]): string =>
  JSON.stringify({
    content,
    lastPage: true,
    numberOfElements: content.length,
    sort: null,
    totalElements: content.length,
    firstPage: true,
    number: 0,
    size: content.length,
  });

/** NIK and NO_KK as JSON numbers, as the service writes them: `JSON.stringify` could not. */
export const withNumbers = (json: string): string => json.replace(/"(NIK|NO_KK)":"([0-9]{16})"/g, '"$1":$2');

export type Dukcapil = Awaited<ReturnType<typeof startDukcapil>>;

/**
 * A stand-in for the Dukcapil web service: a real HTTP server that knows some residents, judges who calls, counts a
 * daily quota, and fails in each way that was met.
 */
export async function startDukcapil({ quota = Number.POSITIVE_INFINITY, keys = {} as Record<string, string> } = {}) {
  const residents = new Map<string, ToldResident>();
  const asked: string[] = [];
  const state = { behaviour: 'WORKS' as Behaviour, latencyMs: 0 };
  const names = { nik: 'nik', user: 'user_id', password: 'password', ip: 'ip_user', ...keys };

  const contentFor = (body: Record<string, unknown>): object => {
    if (body[names.user] !== CALL.user || body[names.password] !== CALL.password)
      return { RESPON: REFUSALS.LOGIN[0] };
    if (body[names.ip] !== CALL.ip) return { RESPON: REFUSALS.IP[asked.length % 2] };
    if (asked.length > quota) return { RESPON: REFUSALS.QUOTA[asked.length % 3] };
    return residents.get(String(body[names.nik])) ?? { RESPON: 'Data Tidak Ditemukan' };
  };

  const server = createServer((request, response) => void answer(request, response).catch(() => {}));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = JSON.parse(text) as Record<string, unknown>;
    if (request.method !== 'POST' || request.url !== CALL.url) return void response.writeHead(404).end();
    asked.push(String(body[names.nik]));
    if (state.latencyMs > 0) await sleep(state.latencyMs);
    const { behaviour } = state;
    const page = withNumbers(pageOf([contentFor(body)]));
    const json = { 'Content-Type': 'application/json' };
    switch (behaviour) {
      case 'WORKS':
        return void response.writeHead(200, json).end(page);
      case 'QUOTA':
      case 'LOGIN':
      case 'IP':
      case 'INACTIVE_USER': {
        const words = REFUSALS[behaviour];
        return void response.writeHead(200, json).end(pageOf([{ RESPON: words[asked.length % words.length] }]));
      }
      case 'HANGS':
        return;
      case 'TRICKLES':
        response.writeHead(200, json);
        for (const char of page) {
          response.write(char);
          await sleep(100);
          if (response.destroyed) return;
        }
        return void response.end();
      case 'RESETS':
        return void request.socket.resetAndDestroy();
      case 'CUT':
        response.writeHead(200, { ...json, 'Content-Length': page.length });
        response.write(page.slice(0, page.length / 2));
        return void setTimeout(() => request.socket.destroy(), 20);
      case 'CUT_CLEANLY':
        return void response.writeHead(200, json).end(page.slice(0, page.length / 2));
      case 'ERROR_500':
        return void response.writeHead(500, json).end(page);
      case 'ERROR_503':
        return void response.writeHead(503).end('Service Unavailable');
      case 'HTML':
        return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      case 'REDIRECTS':
        return void response.writeHead(307, { Location: CALL.url }).end();
      case 'HUGE':
        return void response.writeHead(200, json).end(`${page.slice(0, -1)},"x":"${'x'.repeat(200_000)}"}`);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { ...CALL, url: `http://127.0.0.1:${port}${CALL.url}`, keys };
  return {
    /** The value of `HAKPILIH_UPSTREAM`. */
    setting: (rest: object = {}): string => JSON.stringify({ ...settings, ...rest }),
    /** Whom it was asked for so far. */
    asked,
    state,
    knows: (nik: string, rest: ToldResident = {}): void => void residents.set(nik, toldResident(nik, rest)),
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A recorded resident of Cibinong, of age, unless told otherwise. */
export const toldResident = (nik: string, rest: ToldResident = {}): ToldResident => ({
  NIK: nik,
  NO_KK: '3201010503119001',
  NAMA_LGKP: 'NENENG NURHASANAH',
  TMPT_LHR: 'BOGOR',
  TGL_LHR: '1980-03-13',
  JENIS_KLMIN: 'Perempuan',
  STATUS_KAWIN: 'KAWIN',
  JENIS_PKRJN: 'MENGURUS RUMAH TANGGA',
  ALAMAT: 'KP. CONTOH',
  NO_RT: 1,
  NO_RW: 2,
  NO_PROP: 32,
  NO_KAB: 1,
  NO_KEC: 1,
  NO_KEL: 1001,
  PROP_NAME: 'JAWA BARAT',
  KAB_NAME: 'BOGOR',
  EKTP_STATUS: 'SUDAH REKAM',
  ...rest,
});
