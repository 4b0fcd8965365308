import { LIMITS } from '../../checks/limits.ts';
import { indonesianResult } from './id-result.ts';
import type { Messages, WrittenDays } from './messages.ts';
import { passage, text } from './passage.ts';

const STILL_YOUR_RIGHT = text`Ini tidak berarti bahwa Anda tidak dapat memilih. Yang menentukan di TPS adalah daftar
  pemilih (DPT) dan dokumen Anda.`;
const DISDUKCAPIL_HELPS = text`Cara lain: datangi Disdukcapil (Dinas Kependudukan dan Pencatatan Sipil)
  kabupaten/kota Anda dengan membawa kartu keluarga (KK). Petugas dapat memeriksa data Anda langsung.`;
const SCRIPTLESS = 'Halaman ini tidak memakai kuki maupun skrip, dan tidak menghubungi situs lain.';

export const indonesian = ({ day, weekday, bornBy }: WrittenDays): Messages => ({
  language: 'id',
  frame: {
    tagline: `Pilkada ${day}`,
    skip: 'Langsung ke isi',
    switchLanguage: 'English',
    startAgainInOther: 'Start again: English',
    advice: text`Halaman ini memberi petunjuk, bukan keputusan. Pelayanan di TPS berpedoman pada DPT, dokumen Anda,
      dan keputusan KPPS.`,
    requestId: 'Nomor permintaan',
    sampleLabel: 'Data contoh',
    sample: (date) => `Data contoh (sintetis) per ${date}; bukan data penduduk sungguhan.`,
  },
  form: {
    title: `Siapkah Anda memilih pada ${day}?`,
    lead: text`Periksa apakah e-KTP (KTP elektronik) Anda sudah dicetak, atau Anda memerlukan Surat Keterangan
      (Suket) untuk memilih dalam Pilkada. Jawabannya menyebutkan apa yang perlu dibawa, ke mana harus pergi, dan
      paling lambat kapan.`,
    nik: 'NIK',
    nikHint: '16 angka pada e-KTP, Suket, atau di samping nama Anda pada kartu keluarga (KK).',
    second: 'Nama lengkap atau nomor KK',
    secondHint: text`Nama seperti tertulis pada KK, atau 16 angka nomor KK. Dengan ini, orang lain tidak dapat
      memeriksa data Anda hanya dengan NIK.`,
    submit: 'Periksa',
    errorsTitle: 'Ada yang perlu diperbaiki',
    errorsRetype: 'Demi keamanan, kedua isian dikosongkan. Silakan isi lagi keduanya.',
    errorPrefix: 'Perlu diperbaiki',
    aboutLabel: 'Keterangan',
    about: [
      passage`Apa yang disimpan dan apa yang tidak
        - NIK, nama, dan nomor KK yang Anda ketik tidak disimpan dan tidak pernah muncul di alamat halaman.
        - Yang dicatat: waktu pemeriksaan, jawabannya, serta kode berkunci sebagai pengganti NIK dan alamat internet
          (IP) Anda, untuk membatasi jumlah percobaan. Tanpa kuncinya, kode itu tidak menunjuk kepada siapa pun.
        - ${SCRIPTLESS}`,
      passage`Siapa yang berhak memilih
        - Warga negara Indonesia yang pada ${day} berusia 17 tahun atau lebih (lahir paling lambat ${bornBy}), atau
          sudah atau pernah kawin.
        - Tinggal di daerah yang menyelenggarakan Pilkada, dibuktikan dengan e-KTP; yang belum memiliki e-KTP,
          dengan Suket dari Disdukcapil.
        - Bukan anggota TNI atau Polri yang masih berdinas.`,
      passage`Dari tanggal berapa datanya
        - Jawaban berasal dari salinan data kependudukan, dan selalu menyebut tanggal salinannya. Perubahan setelah
          tanggal itu belum terlihat di sini.`,
    ],
    scriptless: SCRIPTLESS,
    scripted: text`Halaman ini tidak memakai kuki dan tidak menghubungi situs lain. Karena sedang banyak pemeriksaan
      yang keliru, halaman ini memakai satu skrip kecil: ponsel Anda diberi hitungan selama beberapa detik, agar
      data penduduk tidak dapat dikumpulkan secara massal. Tanpa skrip, Anda diminta menunggu satu menit.`,
    working: 'Memeriksa… Mohon tunggu beberapa detik.',
  },
  faults: {
    NIK_EMPTY: 'Isi NIK Anda.',
    NIK_NOT_16_DIGITS: 'NIK harus terdiri atas 16 angka. Cocokkan lagi dengan e-KTP, Suket, atau KK Anda.',
    SECOND_EMPTY: 'Isi nama lengkap atau nomor KK Anda.',
    SECOND_UNREADABLE: 'Isi nama lengkap (paling sedikit dua huruf) atau nomor KK (tepat 16 angka).',
    SECOND_TOO_LONG: `Nama terlalu panjang. Isi paling banyak ${LIMITS.maxNameChars} huruf.`,
  },
  notices: {
    WRONG: passage`Data tidak ditemukan atau tidak cocok
      ${STILL_YOUR_RIGHT}
      - Apakah nomor pertama yang Anda isi mungkin nomor KK? NIK dan nomor KK sama-sama 16 angka. Nomor KK ada di
        bagian atas kartu keluarga; NIK ada di samping nama Anda.
      - Ketik ulang nama persis seperti pada KK atau Suket, atau pakai nomor KK.
      - Setelah lima jawaban keliru dalam satu jam, NIK itu untuk sementara tidak dapat diperiksa di sini.
      - ${DISDUKCAPIL_HELPS}`,
    LOCKED: passage`Pemeriksaan NIK ini dihentikan sementara
      Dalam satu jam terakhir sudah lima kali dimasukkan keterangan yang keliru untuk NIK ini, mungkin bukan oleh
      Anda. Untuk melindungi data pemiliknya, semua jawaban kami tahan dahulu, termasuk yang benar.
      - Silakan coba lagi setelah satu jam.
      - ${DISDUKCAPIL_HELPS}
      - ${STILL_YOUR_RIGHT}`,
    PROOF_NEEDED: passage`Layanan sedang sangat ramai. Mohon tunggu satu menit
      Untuk melindungi data penduduk, isian Anda tadi belum diperiksa. Tunggulah satu menit di halaman ini, kemudian
      isi lagi formulir yang ada di sini. Ini tidak berarti apa pun tentang hak pilih Anda.
      - Jangan mengirim sebelum satu menit berlalu: waktu tunggu akan dihitung dari awal.
      - Demi keamanan, kedua isian dikosongkan. Formulir di halaman ini berlaku selama 20 menit, untuk satu kali
        pemeriksaan.
      - ${DISDUKCAPIL_HELPS}`,
    TOO_MANY: passage`Terlalu banyak pemeriksaan dari jaringan ini
      Silakan coba lagi paling lama satu jam lagi. Jaringan yang dipakai bersama, seperti Wi-Fi umum, dihitung
      sebagai satu.
      - ${DISDUKCAPIL_HELPS}
      - ${STILL_YOUR_RIGHT}`,
    UNAVAILABLE: passage`Layanan sedang terganggu
      Data tidak dapat diperiksa saat ini. Gangguan ini tidak berarti apa pun tentang hak pilih Anda. Silakan coba
      lagi beberapa menit lagi.
      - Pada ${weekday}, tetap bawa ke TPS: e-KTP asli atau Suket, dan formulir C6 jika Anda menerimanya.
      - Terdaftar dalam DPT: pukul 07.00–13.00 waktu setempat di TPS Anda sendiri.
      - Tidak terdaftar: pukul 12.00–13.00 waktu setempat dengan e-KTP asli atau Suket, di TPS pada RT/RW yang
        tertulis di dokumen itu.
      - Belum memiliki e-KTP atau Suket? Datangi Disdukcapil kabupaten/kota Anda; lebih cepat lebih baik.`,
    BODY_TOO_LARGE: passage`Isian terlalu panjang
      Formulir ini hanya memerlukan NIK dan nama lengkap atau nomor KK.`,
    NOT_A_FORM: passage`Isian tidak dapat dibaca
      Gunakan formulir pada halaman ini. Program komputer dapat memakai API.`,
    UNKNOWN_PROBLEM: passage`Halaman tidak ditemukan
      Tidak ada penjelasan di alamat ini.`,
    BROKEN: passage`Terjadi kesalahan di pihak kami
      Pemeriksaan tidak selesai. Ini tidak berarti apa pun tentang hak pilih Anda. Silakan coba lagi beberapa menit
      lagi.
      - ${DISDUKCAPIL_HELPS}`,
  },
  again: 'Ke formulir',
  status: {
    title: 'Keadaan layanan',
    answers: {
      DATABASE: 'Layanan berjalan',
      SNAPSHOT: 'Layanan menjawab dari salinan cadangan',
      DOWN: 'Layanan sedang tidak dapat menjawab',
    },
    lead: text`Apa pun yang tertulis di sini tidak berarti apa pun tentang hak pilih Anda. Tanggal data juga tertulis
      pada setiap hasil.`,
    copies: 'Umur data',
    copy: (source, date, days) =>
      `${source === 'sample' ? 'Data contoh (buatan)' : `Wilayah ${source}`}: data per ${date}, berumur ${days} hari`,
    database: 'Pangkalan data',
    lastContact: (instant) => `Terakhir menjawab: ${instant}`,
    outSince: (instant) => `Tidak menjawab sejak ${instant}`,
    noContact: 'Belum pernah menjawab sejak server ini dijalankan',
    upstream: 'Layanan web Dukcapil',
    snapshot: 'Salinan cadangan',
    snapshotOf: (instant) => `Dibuat pada ${instant}; dipakai selama pangkalan data tidak menjawab`,
    noSnapshot: 'Belum ada',
    refused: (number, code) => `Salinan nomor ${number} tidak dipakai karena tidak dapat dipercaya (${code})`,
    outages: 'Gangguan selama tujuh hari terakhir',
    outage: (server, instant, minutes) =>
      `${server === 'upstream' ? 'Layanan web Dukcapil' : 'Pangkalan data'}: mulai ${instant}, sekitar ${minutes} menit`,
    none: 'Tidak ada',
  },
  problem: { heading: 'Penjelasan galat API', status: 'Status HTTP' },
  result: indonesianResult({ day, weekday, bornBy }),
});
