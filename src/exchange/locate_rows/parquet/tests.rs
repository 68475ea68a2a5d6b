use super::*;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, GzipLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use std::io::Write;

fn batch(rows: usize) -> RecordBatch {
    let numbers = |shift: f64| Arc::new((0..rows).map(|i| Some(i as f64 + shift)).collect::<Float64Array>());
    let kinds: DictionaryArray<Int32Type> = (0..rows).map(|i| ["a", "b", "c"][i % 3]).collect();
    let texts = (0..rows).map(|i| (i % 4 > 0).then(|| format!("row {i}"))).collect::<StringArray>();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lon", numbers(0.0)),
        ("lat", numbers(0.5)),
        ("kind", Arc::new(kinds)),
        ("text", Arc::new(texts)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn written(
    batch: &RecordBatch,
    set: impl FnOnce(WriterPropertiesBuilder) -> WriterPropertiesBuilder,
) -> Vec<u8> {
    let properties = set(WriterProperties::builder()).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn rows(bytes: &[u8]) -> Result<u64, BadTable> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let mut rows = ParquetRows::open(file)?;
    while rows.next_batch()?.is_some() {}
    Ok(rows.read())
}

fn refusal(bytes: &[u8]) -> String {
    match rows(bytes) {
        Err(BadTable::Refused(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_is_read_back_with_its_types_and_notes() {
    let sent = batch(40_000);
    let note = KeyValue::new("geo".to_owned(), "{}".to_owned());
    let mut out = ParquetOut::new(Vec::new(), sent.schema(), vec![note.clone()]).unwrap();
    out.write(&sent).unwrap();
    out.write(&sent).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&out.finish().unwrap()).unwrap();
    let mut rows = ParquetRows::open(file).unwrap();
    assert_eq!((rows.schema().fields(), rows.total()), (sent.schema().fields(), 80_000));
    assert_eq!(rows.notes(), [note]);
    assert_eq!(rows.batch_schema().field(3).data_type(), &DataType::Utf8View);
    // Views are written as the text that they are views of.
    let mut again = ParquetOut::new(Vec::new(), rows.schema().clone(), Vec::new()).unwrap();
    while let Some(batch) = rows.next_batch().unwrap() {
        assert!(batch.num_rows() <= BATCH);
        again.write(&batch).unwrap();
    }
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&again.finish().unwrap()).unwrap();
    let again = ParquetRows::open(file).unwrap();
    assert_eq!((again.schema().fields(), again.total()), (sent.schema().fields(), 80_000));
}

#[test]
fn a_file_cut_off_at_every_64th_byte_is_broken() {
    let bytes = written(&batch(5_000), |p| p.set_compression(Compression::SNAPPY));
    assert_eq!(rows(&bytes).unwrap(), 5_000);
    for end in (0..bytes.len()).step_by(64) {
        assert!(matches!(rows(&bytes[..end]), Err(BadTable::Broken(_))), "{end}");
    }
}

#[test]
fn a_file_with_a_byte_changed_anywhere_is_read_or_refused_and_never_takes_the_process_down() {
    let bytes = written(&batch(60), |p| p.set_compression(Compression::SNAPPY));
    for at in 0..bytes.len() {
        for value in [0, 0x7f, 0xff, bytes[at] ^ 0x10, bytes[at].wrapping_add(1)] {
            let mut hostile = bytes.clone();
            hostile[at] = value;
            if let Ok(read) = rows(&hostile) {
                assert_eq!(read, 60, "{at} {value}");
            }
        }
    }
}

#[test]
fn lying_lengths_are_found_before_memory_is_taken() {
    let bytes = written(&batch(100), |p| p);
    let size = bytes.len();
    let footer = u32::from_le_bytes(bytes[size - 8..size - 4].try_into().unwrap()) as usize;
    let with_length = |length: u32| {
        let mut bytes = bytes.clone();
        bytes[size - 8..size - 4].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    for length in [u32::MAX, size as u32, footer as u32 - 1, footer as u32 + 1, 0, 1] {
        assert!(matches!(rows(&with_length(length)), Err(BadTable::Broken(_))), "{length}");
    }
    let file = |footer: &[u8]| {
        let length = (footer.len() as u32).to_le_bytes();
        [&b"PAR1"[..], footer, &length, b"PAR1"].concat()
    };
    // Two thousand million row groups; two thousand million elements of a schema; a list of lists of lists.
    let many = [0x15, 2, 0x19, 0x0c, 0x16, 0, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
    let columns = [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
    let deep = [&[0x15, 2][..], &[0x19, 0x19].repeat(100)].concat();
    for footer in [&many[..], &columns, &deep] {
        assert!(matches!(rows(&file(footer)), Err(BadTable::Broken(_))), "{footer:x?}");
    }
    // A schema that is deeper than the stack: each element has one child, the next.
    let elements = [0x48, 1, b'x', 0x15, 2, 0].repeat(1_500);
    let length = [0x15, 2, 0x19, 0xfc, 0xdc, 0x0b];
    assert!(refusal(&file(&[&length[..], &elements, &[0]].concat())).contains("deeper"));
}

#[test]
fn what_is_sound_and_not_taken_says_what_is() {
    let gzip = written(&batch(9), |p| p.set_compression(Compression::UNCOMPRESSED));
    assert_eq!(rows(&gzip).unwrap(), 9);
    let bytes = [&written(&batch(9), |p| p)[..], b""].concat();
    let mut encrypted = bytes.clone();
    let end = encrypted.len() - 1;
    encrypted[end] = b'E';
    assert!(refusal(&encrypted).contains("encrypted"));
    let deltas = written(&batch(9), |p| {
        p.set_dictionary_enabled(false).set_column_encoding("text".into(), Encoding::DELTA_BYTE_ARRAY)
    });
    assert!(refusal(&deltas).contains("DELTA_BYTE_ARRAY"));
    let long: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(70 << 20)]));
    let long = RecordBatch::try_from_iter([("long", long)]).unwrap();
    assert!(refusal(&written(&long, |p| p)).contains("smaller pages"));
    let mut list = arrow_array::builder::ListBuilder::new(arrow_array::builder::Int32Builder::new());
    list.append_value([Some(1)]);
    let list: ArrayRef = Arc::new(list.finish());
    let list = RecordBatch::try_from_iter([("list", list)]).unwrap();
    assert!(refusal(&written(&list, |p| p)).contains("list.list"));
}

/// A page repeats a value of 256 kB four thousand times: a gigabyte, were it copied.
#[test]
fn a_value_that_a_page_repeats_is_in_memory_once() {
    let values: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(256 << 10)]));
    let keys = arrow_array::Int32Array::from(vec![0; 4_000]);
    let repeated = DictionaryArray::<Int32Type>::new(keys, values);
    let batch = RecordBatch::try_from_iter([("text", Arc::new(repeated) as ArrayRef)]).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let options = parquet::arrow::arrow_writer::ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let mut rows = ParquetRows::open(file).unwrap();
    assert_eq!(rows.batch_schema().field(0).data_type(), &DataType::Utf8View);
    while let Some(batch) = rows.next_batch().unwrap() {
        let bytes = batch.column(0).get_array_memory_size();
        assert!(bytes < 8 << 20, "{bytes}");
    }
    assert_eq!(rows.read(), 4_000);
}

#[test]
fn a_file_packed_in_another_way_is_refused_by_name() {
    // The writer here cannot pack with gzip; the number of the packing in the footer is changed instead.
    let bytes = written(&batch(9), |p| p.set_compression(Compression::SNAPPY));
    let gzip = Compression::GZIP(GzipLevel::default()).to_string();
    assert!(gzip.starts_with("GZIP"));
    let size = bytes.len();
    let length = u32::from_le_bytes(bytes[size - 8..size - 4].try_into().unwrap()) as usize;
    let footer = size - 8 - length;
    let refused = (footer..size - 8).filter(|&at| bytes[at] == 2).any(|at| {
        let mut changed = bytes.clone();
        changed[at] = 4;
        matches!(rows(&changed), Err(BadTable::Refused(message)) if message.contains("packed with GZIP"))
    });
    assert!(refused);
}
