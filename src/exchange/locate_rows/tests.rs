use super::*;
use proptest::prelude::*;

fn frame(format: Format, chunks: &[&[u8]]) -> Vec<Option<String>> {
    let mut framer = Framer::new(format);
    let mut block = Block::default();
    for chunk in chunks {
        framer.push(chunk, &mut block);
    }
    framer.finish(&mut block);
    let text = |r| match r {
        Record::Whole(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Record::TooLong => None,
    };
    assert_eq!(block.len(), block.records().count());
    block.records().map(text).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|t| Some((*t).to_owned())).collect()
}

#[test]
fn lines_are_cut_whatever_the_chunks_and_blank_ones_are_passed_over() {
    let expected = some(&["a", "b\"", "c"]);
    for chunks in [
        &[&b"\xef\xbb\xbfa\r\n\n  \nb\"\nc"[..]][..],
        &[b"\xef\xbb\xbfa", b"\r", b"\n", b"b\"\n", b"", b"c\n"],
    ] {
        assert_eq!(frame(Format::Ndjson, chunks), expected);
    }
}

#[test]
fn a_quoted_line_end_belongs_to_its_csv_record() {
    assert_eq!(
        frame(Format::Csv, &[b"a,\"x\ny\"", b"\r\nb,\"\"\"\n\"\n"]),
        some(&["a,\"x\ny\"", "b,\"\"\"\n\""])
    );
}

#[test]
fn a_record_that_is_too_long_is_one_error_and_the_next_is_read() {
    let longest = "x".repeat(LONGEST_RECORD);
    let over = format!("{longest}x");
    let stream = format!("{longest}\r\n{over}\nlast\n");
    let halves = stream.as_bytes().split_at(90_000);
    assert_eq!(frame(Format::Ndjson, &[halves.0, halves.1]), [Some(longest), None, Some("last".into())]);
    // A stray quote swallows no more than the limit.
    let stray = format!("a,\"b\n{}z,z\n", "y,y\n".repeat(20_000));
    let records = frame(Format::Csv, &[stray.as_bytes()]);
    assert_eq!((records[0].as_deref(), records.last().unwrap().as_deref()), (None, Some("z,z")));
    assert!(records.len() > 3_000);
}

fn answer_to(codec: &Codec, record: &str) -> String {
    let row = codec.read(Record::Whole(record.as_bytes()));
    let answer = Answer {
        outcome: "inside",
        land: Some("L1"),
        police: Some("P,1"),
        responsible: Some("L1"),
        water: None,
    };
    let mut out = Vec::new();
    codec.write(&row, &answer, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_json_line_is_answered_with_its_id() {
    let codec = Codec::ndjson(Some(Crs::Wgs84));
    let row = codec.read(Record::Whole(br#"{"id":"a","lon":110.2904100,"lat":25.2737160}"#));
    assert_eq!(row.position, Ok(Point::new(1_102_904_100, 252_737_160)));
    assert_eq!(
        answer_to(&codec, r#"{"lat":25,"id":{"k":[1]},"lon":110}"#),
        "{\"id\":{\"k\":[1]},\"outcome\":\"inside\",\"land\":\"L1\",\"water\":null,\"police\":\"P,1\",\"responsible\":\"L1\"}\n"
    );
    assert!(answer_to(&codec, r#"{"lon":110,"lat":25}"#).starts_with("{\"id\":null,\"outcome\":\"inside\""));
}

#[test]
fn a_json_line_may_name_its_own_crs() {
    let codec = Codec::ndjson(None);
    let read = |line: &str| codec.read(Record::Whole(line.as_bytes())).position;
    let degrees = read(r#"{"lon":110.29639,"lat":25.28022,"crs":"wgs84"}"#).unwrap();
    let metres = read(r#"{"x":429131.3127,"y":2797281.3663,"crs":4546}"#).unwrap();
    assert!((degrees.x - metres.x).abs() <= 1 && (degrees.y - metres.y).abs() <= 1);
}

#[test]
fn a_bad_json_line_is_told_by_code_and_field() {
    let codec = Codec::ndjson(Some(Crs::Wgs84));
    for (line, code, field) in [
        ("{", "malformed", None),
        ("[110,25]x", "malformed", None),
        (r#"{"lon":110,"lat":25,"crss":"gcj02"}"#, "unknown_field", None),
        (r#"{"lon":110}"#, "missing_field", Some("lat")),
        (r#"{"lon":"110","lat":25}"#, "not_a_number", Some("lon")),
        (r#"{"lon":110,"lat":25,"crs":"mars"}"#, "unknown_crs", Some("crs")),
        (r#"{"lon":110,"lat":25,"crs":4546}"#, "unknown_field", Some("lon")),
        (r#"{"x":110,"y":25}"#, "unknown_field", Some("x")),
        (r#"{"lon":25,"lat":110}"#, "out_of_range", Some("lat")),
        (r#"{"lon":1e308,"lat":25}"#, "out_of_range", Some("lon")),
    ] {
        let error = codec.read(Record::Whole(line.as_bytes())).position.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (code, field), "{line}: {error}");
    }
    let out = answer_to(&codec, r#"{"id":3,"lon":110}"#);
    assert!(
        out.starts_with(
            r#"{"id":3,"outcome":"error","error":{"code":"missing_field","field":"lat","detail":"#
        )
    );
    let deep = "[".repeat(60_000);
    assert_eq!(codec.read(Record::Whole(deep.as_bytes())).position.unwrap_err().code, "malformed");
    assert!(Codec::ndjson(None).read(Record::Whole(br#"{"lon":1,"lat":2}"#)).position.is_err());
}

#[test]
fn csv_rows_keep_their_columns_as_they_came() {
    let codec = Codec::csv("名称,LON, lat ,备注".as_bytes(), Crs::Wgs84).unwrap();
    let mut header = Vec::new();
    codec.write_header(&mut header);
    assert_eq!(
        String::from_utf8(header).unwrap(),
        "名称,LON, lat ,备注,outcome,land,water,police,responsible,error\n"
    );
    assert_eq!(
        answer_to(&codec, "\"a,\"\"b\",110.5,\"25.5\",=1"),
        "\"a,\"\"b\",110.5,\"25.5\",=1,inside,L1,,\"P,1\",L1,\n"
    );
    // A row in another encoding passes through.
    let row = codec.read(Record::Whole(b"\xb9\xf0\xc1\xd6,110.5,25.5,"));
    let mut out = Vec::new();
    codec.write(&row, &Answer::default(), &mut out);
    assert!(row.position.is_ok() && out.starts_with(b"\xb9\xf0\xc1\xd6,110.5,25.5,,,"));
}

#[test]
fn a_bad_csv_row_has_as_many_columns_as_the_others() {
    let codec = Codec::csv(b"n,lon,lat", Crs::Wgs84).unwrap();
    for (record, expected) in [
        ("a,,25", "a,,25,error,,,,,lon is empty\n"),
        ("a,1x,25", "a,1x,25,error,,,,,\"lon must be a number, got \"\"1x\"\"\"\n"),
        ("a,1", "a,1,,error,,,,,\"expected 3 fields, got 2\"\n"),
        ("a,1,2,3", "a,1,2,error,,,,,\"expected 3 fields, got 4\"\n"),
        ("\"a,1,2", ",,,error,,,,,\"a quote is open, or something stands beside one\"\n"),
        ("a\"b\"c,1,2", ",,,error,,,,,\"a quote is open, or something stands beside one\"\n"),
        ("\"a\"b,1,2", ",,,error,,,,,\"a quote is open, or something stands beside one\"\n"),
    ] {
        assert_eq!(answer_to(&codec, record), expected);
    }
    for nan in ["a,nan,25", "a,inf,25"] {
        assert!(answer_to(&codec, nan).contains("finite"), "{nan}");
    }
}

#[test]
fn a_header_without_the_columns_of_its_crs_is_refused() {
    let projected: Crs = "4546".parse().unwrap();
    assert!(Codec::csv(b"x,y", projected).is_ok());
    for (header, crs, field) in [
        (&b"x,y"[..], Crs::Wgs84, "lon"),
        (b"lon,lat", projected, "x"),
        (b"lon,lon,lat", Crs::Wgs84, "lon"),
        (b"", Crs::Wgs84, "lon"),
    ] {
        let error = Codec::csv(header, crs).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("missing_field", Some(field)), "{error}");
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_chunks_make_one_answer_per_record(
        bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'"'), Just(b','), any::<u8>()], 0..400),
        cut in 0usize..400,
    ) {
        let cut = cut.min(bytes.len());
        let codecs = [
            (Format::Ndjson, Codec::ndjson(Some(Crs::Wgs84))),
            (Format::Csv, Codec::csv(b"lon,lat", Crs::Wgs84).unwrap()),
        ];
        for (format, codec) in codecs {
            prop_assert_eq!(frame(format, &[&bytes]), frame(format, &[&bytes[..cut], &bytes[cut..]]));
            let mut framer = Framer::new(format);
            let mut block = Block::default();
            framer.push(&bytes, &mut block);
            framer.finish(&mut block);
            let mut out = Vec::new();
            for record in block.records() {
                codec.write(&codec.read(record), &Answer::default(), &mut out);
            }
            prop_assert_eq!(frame(format, &[&out]).len(), block.len());
        }
    }
}
