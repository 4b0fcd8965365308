import { indonesianReasons } from './id-reasons.ts';
import type { ResultMessages, WrittenDays } from './messages.ts';

export const indonesianResult = ({ day, weekday, bornBy }: WrittenDays): ResultMessages => ({
  title: 'Hasil pemeriksaan',
  words: {
    READY: 'Siap',
    TO_DO: 'Ada yang perlu diurus',
    UNCLEAR: 'Perlu dipastikan',
    NO: 'Untuk diketahui',
    OVER: 'Sudah selesai',
  },
  summaries: {
    EKTP: {
      headline: 'Anda tercatat sudah memiliki e-KTP tercetak.',
      lead: `Bawa e-KTP ke TPS pada ${weekday}.`,
    },
    EKTP_TO_COLLECT: {
      headline: 'e-KTP Anda tercatat sudah dicetak, tetapi mungkin belum Anda terima.',
      lead: `Ambil kartunya, lalu bawa ke TPS pada ${weekday}.`,
    },
    SUKET: {
      headline: 'Anda tercatat memiliki Suket yang berlaku pada hari pemungutan suara.',
      lead: `e-KTP Anda belum dicetak, jadi bawa Suket asli ke TPS pada ${weekday}.`,
    },
    SUKET_TO_OBTAIN: {
      headline: 'Anda tercatat sudah melakukan perekaman, tetapi e-KTP Anda belum dicetak.',
      lead: `Urus Surat Keterangan (Suket) di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    },
    SUKET_TO_RENEW: {
      headline: 'Masa berlaku Suket Anda habis sebelum hari pemungutan suara, dan e-KTP Anda belum dicetak.',
      lead: `Perpanjang Suket di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    },
    TO_RECORD: {
      headline: 'Menurut data, Anda belum melakukan perekaman e-KTP.',
      lead: `Masih ada waktu: lakukan perekaman, urus Suket di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    },
    TO_RECORD_WITH_SUKET: {
      headline:
        'Anda tercatat memiliki Suket yang berlaku pada hari pemungutan suara, tetapi belum melakukan perekaman e-KTP.',
      lead: `Bawa Suket asli ke TPS pada ${weekday}, dan lakukan perekaman secepatnya.`,
    },
    DOCUMENT_UNCLEAR: {
      headline: 'Status e-KTP Anda belum dapat kami pastikan.',
      lead: 'Tanyakan kepada Disdukcapil. Jika Anda memegang e-KTP atau Suket yang berlaku, bawa saja ke TPS.',
    },
    VOTER_UNCLEAR: {
      headline: 'Ada keterangan dalam data Anda yang perlu dipastikan.',
      lead: 'Datanya mungkin keliru atau belum diperbarui. Datangi Disdukcapil sebelum hari pemungutan suara.',
    },
    UNDER_17: {
      headline: `Menurut data, Anda belum berusia 17 tahun pada ${day}, jadi belum dapat memilih dalam Pilkada ini.`,
      lead: 'Yang sudah atau pernah kawin berhak memilih pada usia berapa pun. Jika data keliru, datangi Disdukcapil.',
    },
    NOT_CITIZEN: {
      headline: 'Menurut data, Anda tercatat sebagai warga negara asing; Pilkada diikuti warga negara Indonesia.',
      lead: 'Jika Anda warga negara Indonesia, datangi Disdukcapil agar data Anda diperbaiki.',
    },
    NO_CONTEST: {
      headline: `Menurut data, daerah tempat tinggal Anda tidak menyelenggarakan Pilkada pada ${day}.`,
      lead: 'Tidak ada yang perlu Anda urus untuk hari itu. Jika Anda sudah pindah, datangi Disdukcapil.',
    },
    OVER: {
      headline: `Pemungutan suara pada ${weekday} sudah selesai.`,
      lead: 'Tidak ada lagi yang perlu Anda urus untuk hari itu.',
    },
  },
  documents: {
    EKTP: 'e-KTP Anda tercatat sudah dicetak.',
    SUKET: 'Anda tercatat sudah melakukan perekaman, tetapi e-KTP Anda belum dicetak.',
    NEITHER: 'Menurut data, Anda belum melakukan perekaman e-KTP.',
    UNDETERMINED: 'Status e-KTP Anda belum dapat kami pastikan.',
  },
  ...indonesianReasons({ day, bornBy }),
  basisLabel: 'Dasar',
  actions: {
    SEE_DISDUKCAPIL: {
      title: 'Datangi Disdukcapil',
      text: 'Minta petugas memeriksa data Anda. Bawa KK dan dokumen yang menunjukkan keadaan sebenarnya.',
      by: `Paling lambat ${day}, lebih cepat lebih baik`,
    },
    RECORD_BIOMETRICS: {
      title: 'Lakukan perekaman e-KTP',
      text: 'Di Disdukcapil; tanyakan juga apakah kantor kecamatan Anda melayaninya. Bawa KK Anda.',
      by: `Paling lambat ${day}, lebih cepat lebih baik`,
    },
    COLLECT_CARD: {
      title: 'Ambil e-KTP Anda',
      text: 'Tanyakan di kantor kecamatan atau Disdukcapil. Jika kartu belum dapat diambil, urus Suket.',
      by: `Paling lambat ${day}, lebih cepat lebih baik`,
    },
    OBTAIN_SUKET: {
      title: 'Urus Surat Keterangan (Suket)',
      text: 'Di Disdukcapil, setelah perekaman. Jangan menunggu hari terakhir: gangguan server pusat dapat menghentikan penerbitan Suket.',
      by: `Paling lambat ${day}, lebih cepat lebih baik`,
    },
    RENEW_SUKET: {
      title: 'Perpanjang Suket Anda',
      text: 'Di Disdukcapil. Bawa Suket yang lama. Gangguan server pusat dapat menghentikan penerbitan Suket.',
      by: `Paling lambat ${day}, lebih cepat lebih baik`,
    },
    CHECK_DPT: {
      title: 'Periksa nama Anda dalam daftar pemilih (DPT)',
      text: 'Tanyakan kepada PPS di kantor desa/kelurahan atau KPU kabupaten/kota. Tidak terdaftar? Dengan e-KTP atau Suket, Anda tetap dapat memilih, antara pukul 12.00 dan 13.00.',
      by: 'Sebelum hari pemungutan suara',
    },
    BRING_EKTP: { title: 'Bawa e-KTP asli ke TPS', text: '', by: weekday },
    BRING_SUKET: {
      title: 'Bawa Suket asli ke TPS',
      text: 'Jika e-KTP sudah jadi sebelum itu, bawa e-KTP.',
      by: weekday,
    },
  },
  headings: {
    steps: 'Langkah Anda',
    bring: 'Yang dibawa ke TPS',
    hours: 'Jam dan tempat memilih',
    office: 'Kantor yang melayani Anda',
    contests: 'Yang Anda pilih',
    why: 'Alasan jawaban ini',
    suket: 'Suket Anda',
    data: 'Tentang jawaban ini',
  },
  bring: {
    EKTP: ['e-KTP asli', 'Formulir C6 (surat pemberitahuan) jika ada; tanpa C6, e-KTP sudah cukup'],
    SUKET: [
      `Suket asli yang berlaku pada ${day}, diterbitkan Disdukcapil (surat dari desa/kelurahan bukan Suket)`,
      'Formulir C6 (surat pemberitahuan) jika ada; tanpa C6, Suket sudah cukup',
    ],
    NEITHER: [
      `Suket asli yang berlaku pada ${day}, diterbitkan Disdukcapil (surat dari desa/kelurahan bukan Suket)`,
      'Formulir C6 (surat pemberitahuan) jika ada; tanpa C6, Suket sudah cukup',
    ],
    UNDETERMINED: [
      'e-KTP asli, atau Suket dari Disdukcapil yang masih berlaku, mana yang Anda miliki',
      'Formulir C6 (surat pemberitahuan) jika ada',
    ],
  },
  c6Alone:
    'Terdaftar dalam DPT tetapi tidak punya e-KTP maupun Suket? Bawa C6 Anda: KPPS tetap dapat melayani jika yakin C6 itu milik Anda (surat KPU 574/PL.03.6-SD/06).',
  hours: [
    {
      who: 'Terdaftar dalam daftar pemilih (DPT)',
      when: '07.00–13.00',
      where: 'di TPS Anda sendiri, seperti tertulis pada C6',
    },
    {
      who: 'Tidak terdaftar',
      when: '12.00–13.00',
      where:
        'dengan e-KTP asli atau Suket, di TPS pada RT/RW yang tertulis di dokumen itu. Bawa juga KK untuk berjaga-jaga. Jika surat suara habis: TPS terdekat di desa/kelurahan yang sama',
    },
    { who: 'Pindah memilih', when: '07.00–13.00', where: 'dengan formulir A5, di TPS yang tertulis pada A5' },
  ],
  localTime: 'waktu setempat',
  offices: {
    GOVERNOR: (place) => `Gubernur dan Wakil Gubernur ${place}`,
    REGENT: (place) => `Bupati dan Wakil Bupati ${place}`,
    MAYOR: (place) => `Wali Kota dan Wakil Wali Kota ${place}`,
  },
  disdukcapil: (regency, code) =>
    regency !== null
      ? `Disdukcapil ${regency}`
      : code !== null
        ? `Disdukcapil kabupaten/kota Anda (kode wilayah ${code})`
        : 'Disdukcapil kabupaten/kota tempat tinggal Anda',
  district: (code) => `Kantor kecamatan Anda (kode wilayah ${code})`,
  province: (name) => `Provinsi ${name}`,
  officeText:
    'Disdukcapil (Dinas Kependudukan dan Pencatatan Sipil) melayani data, perekaman, kartu, dan Suket. Untuk DPT dan TPS: PPS di kantor desa/kelurahan atau KPU kabupaten/kota.',
  ifWrong: 'Data dapat keliru. Jika keadaan Anda berbeda, datangi Disdukcapil dengan KK dan dokumen Anda.',
  suket: (issuedOn, validUntil, valid) =>
    `${issuedOn === null ? 'Berlaku' : `Terbit ${issuedOn}, berlaku`} sampai ${validUntil}: ${valid ? 'masih berlaku' : 'tidak berlaku lagi'} pada ${day}.`,
  sources: {
    REGISTRY: 'Sumber: salinan data kependudukan Disdukcapil',
    SNAPSHOT: 'Sumber: salinan cadangan data kependudukan Disdukcapil',
    UPSTREAM: 'Sumber: layanan data Ditjen Dukcapil',
    SAMPLE: 'Sumber: data contoh buatan; tidak seorang pun di dalamnya nyata',
  },
  asOf: (instant) => `Data per ${instant}. Perubahan setelah itu belum terlihat di sini.`,
  asOfUnknown: 'Tanggal data tidak diketahui.',
  disclaimers: [
    'Jawaban ini tidak menentukan apa pun dengan sendirinya: KPPS dan DPT yang menentukan.',
    'Halaman ini bukan pengganti e-KTP, Suket, atau C6, dan sengaja tidak memuat nama maupun NIK.',
  ],
  keep: 'Simpan sebagai catatan: halaman ini dapat dicetak pada satu lembar A4, atau difoto dari layar.',
  again: 'Periksa NIK lain',
});
