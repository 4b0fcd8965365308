import type { Messages, WrittenDays } from './messages.ts';
import { passage, text } from './passage.ts';

const withSuket = (day: string): string[] => [
  `Suket asli yang berlaku pada ${day}, diterbitkan Disdukcapil (surat dari desa/kelurahan bukan Suket)`,
  'Formulir C6 (surat pemberitahuan) jika ada; tanpa C6, Suket sudah cukup',
];

export const indonesianResult = ({ day, weekday, bornBy }: WrittenDays): Messages['result'] => ({
  title: 'Hasil pemeriksaan',
  words: {
    READY: 'Siap',
    TO_DO: 'Ada yang perlu diurus',
    UNCLEAR: 'Perlu dipastikan',
    NO: 'Untuk diketahui',
    OVER: 'Sudah selesai',
  },
  summaries: {
    EKTP: passage`Anda tercatat sudah memiliki e-KTP tercetak.
      Bawa e-KTP ke TPS pada ${weekday}.`,
    EKTP_TO_COLLECT: passage`e-KTP Anda tercatat sudah dicetak, tetapi mungkin belum Anda terima.
      Ambil kartunya, lalu bawa ke TPS pada ${weekday}.`,
    SUKET: passage`Anda tercatat memiliki Suket yang berlaku pada hari pemungutan suara.
      e-KTP Anda belum dicetak, jadi bawa Suket asli ke TPS pada ${weekday}.`,
    SUKET_TO_OBTAIN: passage`Anda tercatat sudah melakukan perekaman, tetapi e-KTP Anda belum dicetak.
      Urus Surat Keterangan (Suket) di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    SUKET_TO_RENEW: passage`
      Masa berlaku Suket Anda habis sebelum hari pemungutan suara, dan e-KTP Anda belum dicetak.
      Perpanjang Suket di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    TO_RECORD: passage`Menurut data, Anda belum melakukan perekaman e-KTP.
      Masih ada waktu: lakukan perekaman, urus Suket di Disdukcapil, lalu bawa ke TPS pada ${weekday}.`,
    TO_RECORD_WITH_SUKET: passage`
      Anda tercatat memiliki Suket yang berlaku pada hari pemungutan suara, tetapi belum melakukan perekaman e-KTP.
      Bawa Suket asli ke TPS pada ${weekday}, dan lakukan perekaman secepatnya.`,
    DOCUMENT_UNCLEAR: passage`Status e-KTP Anda belum dapat kami pastikan.
      Tanyakan kepada Disdukcapil. Jika Anda memegang e-KTP atau Suket yang berlaku, bawa saja ke TPS.`,
    VOTER_UNCLEAR: passage`Ada keterangan dalam data Anda yang perlu dipastikan.
      Datanya mungkin keliru atau belum diperbarui. Datangi Disdukcapil sebelum hari pemungutan suara.`,
    UNDER_17: passage`
      Menurut data, Anda belum berusia 17 tahun pada ${day}, jadi belum dapat memilih dalam Pilkada ini.
      Yang sudah atau pernah kawin berhak memilih pada usia berapa pun. Jika data keliru, datangi Disdukcapil.`,
    NOT_CITIZEN: passage`
      Menurut data, Anda tercatat sebagai warga negara asing; Pilkada diikuti warga negara Indonesia.
      Jika Anda warga negara Indonesia, datangi Disdukcapil agar data Anda diperbaiki.`,
    NO_CONTEST: passage`Menurut data, daerah tempat tinggal Anda tidak menyelenggarakan Pilkada pada ${day}.
      Tidak ada yang perlu Anda urus untuk hari itu. Jika Anda sudah pindah, datangi Disdukcapil.`,
    OVER: passage`Pemungutan suara pada ${weekday} sudah selesai.
      Tidak ada lagi yang perlu Anda urus untuk hari itu.`,
  },
  documents: {
    EKTP: 'e-KTP Anda tercatat sudah dicetak.',
    SUKET: 'Anda tercatat sudah melakukan perekaman, tetapi e-KTP Anda belum dicetak.',
    NEITHER: 'Menurut data, Anda belum melakukan perekaman e-KTP.',
    UNDETERMINED: 'Status e-KTP Anda belum dapat kami pastikan.',
  },
  reasons: {
    CARD_PRINTED: 'e-KTP Anda tercatat sudah dicetak.',
    CARD_NOT_YET_HANDED_OVER: text`Belum ada catatan bahwa kartunya sudah diserahkan. e-KTP yang sudah dicetak
      kadang masih berada di kantor kecamatan.`,
    RECORDED_NOT_PRINTED: text`Perekaman Anda tercatat, tetapi kartunya belum dicetak. Siapa pun yang sudah
      melakukan perekaman tetapi belum memiliki kartu dapat mengurus Suket.`,
    RECORDED_LOCALLY_NOT_ARRIVED: text`Data perekaman Anda masih di daerah, belum sampai di pusat. Untuk mengurus
      Suket, perekaman ini sudah cukup.`,
    RECORD_HAS_PROBLEM: 'Perekaman Anda belum dapat diselesaikan di pusat. Disdukcapil perlu memeriksanya.',
    OLDER_CARD_MAY_EXIST: text`Ada catatan tentang e-KTP yang dicetak sebelumnya. Jika Anda masih memegangnya, bawa
      kartu itu juga.`,
    NOT_RECORDED: 'Belum ada catatan perekaman e-KTP (foto, sidik jari, dan tanda tangan) atas nama Anda.',
    UNKNOWN_STATUS_CODE: 'Data memuat kode status yang tidak kami kenal, jadi kami tidak menebak.',
    SUKET_EXPIRES_BEFORE_ELECTION: text`Suket Anda yang tercatat sudah tidak berlaku pada ${day}. Suket berlaku enam
      bulan dan dapat diperpanjang.`,
    NOT_FOUND: 'Data Anda tidak ditemukan dalam salinan data yang kami miliki.',
    CONFLICTING_RECORDS: 'Ada beberapa catatan dengan NIK Anda, dan isinya berbeda.',
    UNDER_17: text`Anda tercatat lahir setelah ${bornBy} dan belum kawin. Syarat memilih adalah berusia 17 tahun
      pada hari pemungutan suara, atau sudah atau pernah kawin.`,
    NOT_CITIZEN: 'Kebangsaan Anda tercatat bukan Indonesia. Syarat memilih adalah warga negara Indonesia.',
    NO_CONTEST: `Provinsi serta kabupaten/kota Anda tidak termasuk daerah yang menyelenggarakan Pilkada ${day}.`,
    TURNS_17_BY_ELECTION: text`Anda genap 17 tahun paling lambat pada ${day}, jadi sudah memenuhi syarat usia. Jika
      e-KTP belum ada, tanyakan surat keterangan bagi pemilih pemula kepada Disdukcapil.`,
    BIRTH_DATE_UNKNOWN: text`Tanggal lahir Anda tidak tercatat atau tidak terbaca, jadi usia Anda tidak dapat kami
      pastikan.`,
    NATIONALITY_UNCLEAR: 'Kebangsaan Anda tidak tercatat dengan jelas.',
    MARITAL_STATUS_UNKNOWN: text`Anda belum berusia 17 tahun pada ${day}, dan status perkawinan Anda tidak terbaca.
      Yang sudah atau pernah kawin berhak memilih.`,
    TNI_POLRI_ON_RECORD: text`Pekerjaan Anda tercatat sebagai TNI atau Polri. Anggota yang masih berdinas tidak
      memilih. Yang sudah pensiun atau berhenti berhak memilih; perbarui data Anda.`,
    DECEASED_ON_RECORD: text`Pada NIK ini tercatat keterangan meninggal. Jika ini NIK Anda sendiri, mohon maaf:
      catatan itu keliru dan perlu diperbaiki Disdukcapil.`,
    INACTIVE_ON_RECORD: text`Data Anda tercatat tidak aktif. Disdukcapil dapat menjelaskan sebabnya dan
      mengaktifkannya kembali.`,
    REGION_UNKNOWN: text`Provinsi atau kabupaten/kota Anda tidak tercatat dengan jelas, jadi kami tidak tahu
      pemilihan mana yang Anda ikuti.`,
  },
  basis: {
    CARD_PRINTED: 'UU 10/2016 pasal 200A; PKPU 8/2018 pasal 7',
    CARD_NOT_YET_HANDED_OVER: 'status SIAK: dicetak, belum diserahkan',
    RECORDED_NOT_PRINTED: 'surat Dirjen Dukcapil 471.13/10231 (2016)',
    RECORDED_LOCALLY_NOT_ARRIVED: 'status SIAK: direkam, belum sampai di pusat',
    RECORD_HAS_PROBLEM: 'status SIAK: direkam, belum diselesaikan pusat',
    OLDER_CARD_MAY_EXIST: 'status SIAK, TGL_CETAK_KTP, COUNT_KTP',
    NOT_RECORDED: 'status SIAK: belum direkam',
    UNKNOWN_STATUS_CODE: 'status SIAK: tidak ada dalam tabel',
    SUKET_EXPIRES_BEFORE_ELECTION: 'surat Dirjen Dukcapil 471.13/10231 (2016): enam bulan',
    NOT_FOUND: 'tidak ditemukan dalam data wilayah yang dapat dilihat',
    CONFLICTING_RECORDS: 'baris dengan NIK yang sama, isi berbeda',
    UNDER_17: 'UU 10/2016 pasal 1; PKPU 2/2017 pasal 5',
    NOT_CITIZEN: 'UU 10/2016 pasal 1; KEBANGSAAN',
    NO_CONTEST: `KPU: 171 pemilihan pada ${day}`,
    TURNS_17_BY_ELECTION: 'PKPU 2/2017 pasal 5',
    BIRTH_DATE_UNKNOWN: 'TGL_LHR',
    NATIONALITY_UNCLEAR: 'KEBANGSAAN',
    MARITAL_STATUS_UNKNOWN: 'STAT_KWN; PKPU 2/2017 pasal 5',
    TNI_POLRI_ON_RECORD: 'UU 10/2016; PKPU 2/2017 pasal 5; JENIS_PKRJN',
    DECEASED_ON_RECORD: 'STAT_HIDUP',
    INACTIVE_ON_RECORD: 'FLAG_STATUS',
    REGION_UNKNOWN: 'NO_PROP, NO_KAB',
  },
  basisLabel: 'Dasar',
  actions: {
    SEE_DISDUKCAPIL: passage`Datangi Disdukcapil
      Minta petugas memeriksa data Anda. Bawa KK dan dokumen yang menunjukkan keadaan sebenarnya.`,
    RECORD_BIOMETRICS: passage`Lakukan perekaman e-KTP
      Di Disdukcapil; tanyakan juga apakah kantor kecamatan Anda melayaninya. Bawa KK Anda.`,
    COLLECT_CARD: passage`Ambil e-KTP Anda
      Tanyakan di kantor kecamatan atau Disdukcapil. Jika kartu belum dapat diambil, urus Suket.`,
    OBTAIN_SUKET: passage`Urus Surat Keterangan (Suket)
      Di Disdukcapil, setelah perekaman. Jangan menunggu hari terakhir: gangguan server pusat dapat menghentikan
      penerbitan Suket.`,
    RENEW_SUKET: passage`Perpanjang Suket Anda
      Di Disdukcapil. Bawa Suket yang lama. Gangguan server pusat dapat menghentikan penerbitan Suket.`,
    CHECK_DPT: passage`Periksa nama Anda dalam daftar pemilih (DPT)
      Tanyakan kepada PPS di kantor desa/kelurahan atau KPU kabupaten/kota. Tidak terdaftar? Dengan e-KTP atau
      Suket, Anda tetap dapat memilih, antara pukul 12.00 dan 13.00.`,
    BRING_EKTP: passage`Bawa e-KTP asli ke TPS`,
    BRING_SUKET: passage`Bawa Suket asli ke TPS
      Jika e-KTP sudah jadi sebelum itu, bawa e-KTP.`,
  },
  due: {
    SOON: `Paling lambat ${day}, lebih cepat lebih baik`,
    BEFORE_THE_DAY: 'Sebelum hari pemungutan suara',
    ON_THE_DAY: weekday,
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
    SUKET: withSuket(day),
    NEITHER: withSuket(day),
    UNDETERMINED: [
      'e-KTP asli, atau Suket dari Disdukcapil yang masih berlaku, mana yang Anda miliki',
      'Formulir C6 (surat pemberitahuan) jika ada',
    ],
  },
  c6Alone: text`Terdaftar dalam DPT tetapi tidak punya e-KTP maupun Suket? Bawa C6 Anda: KPPS tetap dapat melayani
    jika yakin C6 itu milik Anda (surat KPU 574/PL.03.6-SD/06).`,
  hours: [
    {
      who: 'Terdaftar dalam daftar pemilih (DPT)',
      when: '07.00–13.00',
      where: 'di TPS Anda sendiri, seperti tertulis pada C6',
    },
    {
      who: 'Tidak terdaftar',
      when: '12.00–13.00',
      where: text`dengan e-KTP asli atau Suket, di TPS pada RT/RW yang tertulis di dokumen itu. Bawa juga KK untuk
        berjaga-jaga. Jika surat suara habis: TPS terdekat di desa/kelurahan yang sama`,
    },
    { who: 'Pindah memilih', when: '07.00–13.00', where: 'dengan formulir A5, di TPS yang tertulis pada A5' },
  ],
  localTime: 'waktu setempat',
  offices: {
    GOVERNOR: (place) => `Gubernur dan Wakil Gubernur ${place}`,
    REGENT: (place) => `Bupati dan Wakil Bupati ${place}`,
    MAYOR: (place) => `Wali Kota dan Wakil Wali Kota ${place}`,
  },
  disdukcapil: (regency, code) => {
    if (regency !== null) return `Disdukcapil ${regency}`;
    if (code !== null) return `Disdukcapil kabupaten/kota Anda (kode wilayah ${code})`;
    return 'Disdukcapil kabupaten/kota tempat tinggal Anda';
  },
  district: (code) => `Kantor kecamatan Anda (kode wilayah ${code})`,
  province: (name) => `Provinsi ${name}`,
  officeText: text`Disdukcapil (Dinas Kependudukan dan Pencatatan Sipil) melayani data, perekaman, kartu, dan Suket.
    Untuk DPT dan TPS: PPS di kantor desa/kelurahan atau KPU kabupaten/kota.`,
  ifWrong: 'Data dapat keliru. Jika keadaan Anda berbeda, datangi Disdukcapil dengan KK dan dokumen Anda.',
  suket: (issuedOn, validUntil, valid) => {
    const from = issuedOn === null ? 'Berlaku' : `Terbit ${issuedOn}, berlaku`;
    return `${from} sampai ${validUntil}: ${valid ? 'masih berlaku' : 'tidak berlaku lagi'} pada ${day}.`;
  },
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
