//! Streams of Arrow's IPC format, answered batch by batch.

use super::client::{Answer, Client};
use crate::bulk::columns;
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

const KIND: &str = "application/vnd.apache.arrow.stream";

fn batch(points: &[(Option<f64>, f64)]) -> RecordBatch {
    let ids: ArrayRef = Arc::new((0..points.len() as i64).collect::<Int64Array>());
    let lon: ArrayRef = Arc::new(points.iter().map(|p| p.0).collect::<Float64Array>());
    let lat: ArrayRef = Arc::new(points.iter().map(|p| Some(p.1)).collect::<Float64Array>());
    RecordBatch::try_from_iter([("id", ids), ("lon", lon), ("lat", lat)]).unwrap()
}

fn written(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), batches[0].schema_ref()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn send(query: &str, body: Vec<u8>) -> Answer {
    Client::local().post(&format!("/api/v1/locate{query}"), KIND, body)
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().unwrap();
    column.iter().map(|text| text.unwrap_or("-").to_owned()).collect()
}

#[test]
fn batches_come_back_as_batches_and_a_bad_row_is_an_error_row() {
    let first =
        batch(&[(Some(110.0025), 25.0025), (None, 25.0025), (Some(f64::NAN), 25.0), (Some(25.0), 110.0)]);
    let second = batch(&[(Some(110.0075), 25.0025), (Some(0.0), 0.0)]);
    let answer = send("?crs=wgs84", written(&[first.clone(), batch(&[]), second]));
    assert_eq!((answer.status, answer.header("content-type")), (200, KIND));
    let batches: Vec<RecordBatch> =
        StreamReader::try_new(&answer.body[..], None).unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [4, 0, 2]);
    assert_eq!(&batches[0].columns()[0], first.column(0));
    assert_eq!(batches[0].columns()[1].to_data().null_count(), 1);
    assert_eq!(texts(&batches[0], "outcome"), ["inside", "error", "error", "error"]);
    assert_eq!(texts(&batches[0], "land"), ["g1", "-", "-", "-"]);
    assert_eq!(texts(&batches[0], "police"), ["p1", "-", "-", "-"]);
    let errors = texts(&batches[0], "error");
    assert!(
        errors[1].contains("missing") && errors[2].contains("lon") && errors[3].contains("swapped"),
        "{errors:?}"
    );
    assert_eq!(texts(&batches[2], "outcome"), ["inside", "outside"]);
    assert_eq!(texts(&batches[2], "responsible"), ["g2", "-"]);
    // No batch at all is an answer without any.
    let answer = send("?crs=wgs84", written(&[batch(&[])]));
    assert_eq!(StreamReader::try_new(&answer.body[..], None).unwrap().map(Result::unwrap).count(), 1);
}

#[test]
fn what_is_wrong_with_a_stream_is_a_problem_before_the_first_answer() {
    let good = written(&[batch(&[(Some(110.0025), 25.0025)])]);
    let swap = |query: &str, body: &[u8]| send(query, body.to_vec()).problem();
    let expect = |status, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    assert_eq!(swap("", &good), expect(400, "missing", "crs"));
    assert_eq!(swap("?crs=4546", &good), expect(400, "missing", "x"));
    assert_eq!(swap("?crs=wgs84&category=drownin", &good), expect(422, "unknown_category", "category"));
    assert_eq!(swap("?crs=wgs84&colour=red", &good), expect(400, "unknown_parameter", "colour"));
    assert_eq!(swap("?crs=wgs84", &[]), expect(400, "bad_row", "body"));
    assert_eq!(swap("?crs=wgs84", b"lon,lat\n1,2\n"), expect(413, "body_too_large", "body"));
    assert_eq!(swap("?crs=wgs84", &good[..good.len() / 2]), expect(400, "bad_row", "body"));
    let many = vec![(Some(110.0025), 25.0025); 131_073];
    assert_eq!(swap("?crs=wgs84", &written(&[batch(&many)])), expect(413, "body_too_large", "body"));
    let texts: ArrayRef = Arc::new(arrow_array::BooleanArray::from(vec![true]));
    let flags = RecordBatch::try_from_iter([("lon", texts.clone()), ("lat", texts)]).unwrap();
    assert_eq!(swap("?crs=wgs84", &written(&[flags])).0, 400);
}

#[test]
fn a_hostile_stream_is_never_a_failure_of_the_server() {
    let good = written(&[batch(&[(Some(110.0025), 25.0025), (Some(110.0075), 25.0025)])]);
    let client = Client::local();
    // What ends the stream comes after the first answers, which have gone out by then.
    for at in (0..good.len() - 8).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        let answer = client.post("/api/v1/locate?crs=wgs84", KIND, bad);
        assert!(answer.status < 500, "{at}: {}", answer.status);
    }
}

#[test]
fn pyarrow_writes_what_is_read_and_reads_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for packing in ["none", "zstd"] {
        let words = ["write", "points.arrows", packing];
        columns(&words[..if packing == "none" { 2 } else { 3 }], folder.path());
        let body = std::fs::read(folder.path().join("points.arrows")).unwrap();
        let answer = send("?crs=wgs84", body);
        assert_eq!(answer.status, 200);
        std::fs::write(folder.path().join("answers.arrows"), &answer.body).unwrap();
        columns(&["same", "points.arrows", "answers.arrows"], folder.path());
        let shown = columns(&["show", "answers.arrows"], folder.path());
        let rows: u64 =
            shown.lines().map(|line| line.split('\t').next().unwrap().parse::<u64>().unwrap()).sum();
        assert_eq!(rows, 50_000, "{shown}");
        // The village lies outside the town that is asked.
        assert!(shown.contains("16668\toutside\t-\t-\t-\t-\t-"), "{shown}");
    }
}
