import type { ResultMessages, WrittenDays } from './messages.ts';

type ReasonMessages = Pick<ResultMessages, 'reasons' | 'basis'>;

/** Why, in plain words, and on what ground. */
export const indonesianReasons = ({ day, bornBy }: Pick<WrittenDays, 'day' | 'bornBy'>): ReasonMessages => ({
  reasons: {
    CARD_PRINTED: 'e-KTP Anda tercatat sudah dicetak.',
    CARD_NOT_YET_HANDED_OVER:
      'Belum ada catatan bahwa kartunya sudah diserahkan. e-KTP yang sudah dicetak kadang masih berada di kantor kecamatan.',
    RECORDED_NOT_PRINTED:
      'Perekaman Anda tercatat, tetapi kartunya belum dicetak. Siapa pun yang sudah melakukan perekaman tetapi belum memiliki kartu dapat mengurus Suket.',
    RECORDED_LOCALLY_NOT_ARRIVED:
      'Data perekaman Anda masih di daerah, belum sampai di pusat. Untuk mengurus Suket, perekaman ini sudah cukup.',
    RECORD_HAS_PROBLEM: 'Perekaman Anda belum dapat diselesaikan di pusat. Disdukcapil perlu memeriksanya.',
    OLDER_CARD_MAY_EXIST:
      'Ada catatan tentang e-KTP yang dicetak sebelumnya. Jika Anda masih memegangnya, bawa kartu itu juga.',
    NOT_RECORDED: 'Belum ada catatan perekaman e-KTP (foto, sidik jari, dan tanda tangan) atas nama Anda.',
    UNKNOWN_STATUS_CODE: 'Data memuat kode status yang tidak kami kenal, jadi kami tidak menebak.',
    SUKET_EXPIRES_BEFORE_ELECTION: `Suket Anda yang tercatat sudah tidak berlaku pada ${day}. Suket berlaku enam bulan dan dapat diperpanjang.`,
    NOT_FOUND: 'Data Anda tidak ditemukan dalam salinan data yang kami miliki.',
    CONFLICTING_RECORDS: 'Ada beberapa catatan dengan NIK Anda, dan isinya berbeda.',
    UNDER_17: `Anda tercatat lahir setelah ${bornBy} dan belum kawin. Syarat memilih adalah berusia 17 tahun pada hari pemungutan suara, atau sudah atau pernah kawin.`,
    NOT_CITIZEN: 'Kebangsaan Anda tercatat bukan Indonesia. Syarat memilih adalah warga negara Indonesia.',
    NO_CONTEST: `Provinsi serta kabupaten/kota Anda tidak termasuk daerah yang menyelenggarakan Pilkada ${day}.`,
    TURNS_17_BY_ELECTION: `Anda genap 17 tahun paling lambat pada ${day}, jadi sudah memenuhi syarat usia. Jika e-KTP belum ada, tanyakan surat keterangan bagi pemilih pemula kepada Disdukcapil.`,
    BIRTH_DATE_UNKNOWN:
      'Tanggal lahir Anda tidak tercatat atau tidak terbaca, jadi usia Anda tidak dapat kami pastikan.',
    NATIONALITY_UNCLEAR: 'Kebangsaan Anda tidak tercatat dengan jelas.',
    MARITAL_STATUS_UNKNOWN: `Anda belum berusia 17 tahun pada ${day}, dan status perkawinan Anda tidak terbaca. Yang sudah atau pernah kawin berhak memilih.`,
    TNI_POLRI_ON_RECORD:
      'Pekerjaan Anda tercatat sebagai TNI atau Polri. Anggota yang masih berdinas tidak memilih. Yang sudah pensiun atau berhenti berhak memilih; perbarui data Anda.',
    DECEASED_ON_RECORD:
      'Pada NIK ini tercatat keterangan meninggal. Jika ini NIK Anda sendiri, mohon maaf: catatan itu keliru dan perlu diperbaiki Disdukcapil.',
    INACTIVE_ON_RECORD:
      'Data Anda tercatat tidak aktif. Disdukcapil dapat menjelaskan sebabnya dan mengaktifkannya kembali.',
    REGION_UNKNOWN:
      'Provinsi atau kabupaten/kota Anda tidak tercatat dengan jelas, jadi kami tidak tahu pemilihan mana yang Anda ikuti.',
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
});
