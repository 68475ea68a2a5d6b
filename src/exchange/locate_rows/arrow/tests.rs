use super::*;
use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, Int64Array, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use std::sync::Arc;

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
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, c)| (name, c, true))).unwrap()
}

fn written(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer =
        StreamWriter::try_new_with_options(Vec::new(), batches[0].schema_ref(), options).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

/// Reads a stream that comes in pieces of `size` bytes.
fn read(bytes: &[u8], size: usize) -> Result<Vec<RecordBatch>, BadStream> {
    let mut incoming = ArrowIn::default();
    let mut batches = Vec::new();
    for piece in bytes.chunks(size) {
        incoming.push(piece);
        while incoming.is_ready()? {
            batches.extend(incoming.read()?);
        }
    }
    incoming.finish().map(|()| batches)
}

#[test]
fn a_stream_comes_through_whatever_the_pieces_and_the_packing() {
    let sent = [batch(100), batch(0), batch(7)];
    for compression in [None, Some(CompressionType::ZSTD)] {
        let bytes = written(&sent, compression);
        for size in [1, 7, 4096, bytes.len()] {
            assert_eq!(read(&bytes, size).unwrap(), sent, "{size}");
        }
        // A stream may also end without saying so.
        assert_eq!(read(&bytes[..bytes.len() - 8], 100).unwrap(), sent);
    }
    let mut out = ArrowOut::new(sent[0].schema_ref()).unwrap();
    let mut bytes: Vec<u8> = sent.iter().flat_map(|batch| out.batch(batch).unwrap()).collect();
    bytes.extend(out.finish().unwrap());
    assert_eq!(read(&bytes, 999).unwrap(), sent);
    let empty = ArrowOut::new(sent[0].schema_ref()).unwrap().finish().unwrap();
    assert_eq!(read(&empty, 10), Ok(Vec::new()));
}

#[test]
fn a_stream_cut_off_anywhere_is_broken_or_ends_between_two_messages() {
    let bytes = written(&[batch(500), batch(500)], None);
    let whole = read(&bytes, 4096).unwrap();
    let mut sound = 0;
    for end in (0..bytes.len()).step_by(8) {
        match read(&bytes[..end], 4096) {
            Ok(batches) => {
                sound += 1;
                assert_eq!(batches[..], whole[..batches.len()], "{end}");
            }
            Err(BadStream::Broken(_)) => {}
            Err(other) => panic!("{end}: {other}"),
        }
    }
    // Behind the schema, the dictionary and the batches; some lengths are no multiples of eight.
    assert!((2..=5).contains(&sound), "{sound}");
}

#[test]
fn a_stream_with_a_byte_changed_anywhere_is_read_or_refused_and_never_takes_the_process_down() {
    for compression in [None, Some(CompressionType::ZSTD)] {
        let bytes = written(&[batch(40), batch(3)], compression);
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0x80, 0xff, bytes[at] ^ 1, bytes[at].wrapping_add(1)] {
                let mut hostile = bytes.clone();
                hostile[at] = value;
                if let Ok(batches) = read(&hostile, 1 << 20) {
                    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
                    assert!(rows <= 2 * BATCH_ROWS as usize, "{at} {value}");
                }
            }
        }
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_kept() {
    let too_large = |bytes: &[u8]| match read(bytes, 1 << 16) {
        Err(BadStream::TooLarge(message)) => message,
        other => panic!("{other:?}"),
    };
    let rows = batch(BATCH_ROWS as usize + 1);
    assert!(too_large(&written(&[rows], None)).contains("131073 rows"));
    // Three megabytes of columns in a batch's row each, and zeros that pack to almost nothing.
    let zeros: ArrayRef = Arc::new(Int64Array::from(vec![0; 100_000]));
    let names: Vec<String> = (0..30).map(|i| format!("c{i}")).collect();
    let wide = RecordBatch::try_from_iter(names.iter().map(|name| (name, zeros.clone()))).unwrap();
    assert!(too_large(&written(std::slice::from_ref(&wide), None)).contains("16777216 bytes"));
    let packed = written(&[wide], Some(CompressionType::ZSTD));
    assert!(packed.len() < 1 << 20 && too_large(&packed).contains("unpacked"));
    let mut head = CONTINUATION.to_vec();
    head.extend(u32::MAX.to_le_bytes());
    assert!(too_large(&head).contains("head"));
}

#[test]
fn columns_that_are_too_many_too_deep_or_of_another_kind_are_refused() {
    let refused = |column: (&str, ArrayRef)| {
        let bytes = written(&[RecordBatch::try_from_iter([column]).unwrap()], None);
        read(&bytes, 1 << 20).unwrap_err().to_string()
    };
    let mut deep: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    for _ in 0..9 {
        let field = Field::new("in", deep.data_type().clone(), true);
        deep = Arc::new(arrow_array::StructArray::from(vec![(Arc::new(field), deep)]));
    }
    assert!(refused(("deep", deep)).contains("deeper than 8"));
    let mut list = ListBuilder::new(Int32Builder::new());
    list.append_value([Some(1), None]);
    let list: ArrayRef = Arc::new(list.finish());
    let bytes = written(&[RecordBatch::try_from_iter([("list", list)]).unwrap()], None);
    assert_eq!(read(&bytes, 64).unwrap().len(), 1);
    let names: Vec<String> = (0..=COLUMNS).map(|i| format!("c{i}")).collect();
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let many = RecordBatch::try_from_iter(names.iter().map(|name| (name, one.clone()))).unwrap();
    assert!(read(&written(&[many], None), 1 << 20).unwrap_err().to_string().contains("1001 columns"));
}
