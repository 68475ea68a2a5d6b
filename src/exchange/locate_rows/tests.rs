use super::*;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float32Array, Float64Array, Int16Array, RecordBatch, StringArray,
};
use std::sync::Arc;

/// A world of one grid: everything east of longitude 1 is `E`.
fn locate(points: &[Point]) -> Vec<RowAnswer<'static>> {
    let grid = |p: &Point| if p.x > 10_000_000 { Some("E") } else { None };
    let outcome = |p: &Point| if grid(p).is_some() { "inside" } else { "outside" };
    let answer =
        |p| RowAnswer { outcome: outcome(p), land: grid(p), water: None, police: None, responsible: grid(p) };
    points.iter().map(answer).collect()
}

/// Sends an input in pieces of `size` bytes.
fn send(format: Format, crs: Option<Crs>, input: &[u8], size: usize) -> Result<String, RowError> {
    let mut cutter = Cutter::new(format);
    let mut blocks: Vec<Block> = input.chunks(size).map(|piece| cutter.push(piece)).collect();
    blocks.push(cutter.finish());
    let mut open = None;
    let mut out = Vec::new();
    for mut block in blocks.into_iter().filter(|b| !b.is_empty()) {
        if open.is_none() {
            let (table, head) = Table::open(format, crs, &mut block)?;
            out.extend(head);
            open = Some(table);
        }
        out.extend(open.as_ref().unwrap().answer(&block, locate).0);
    }
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_bad_line_is_an_error_line_and_the_others_are_answered() {
    let input = concat!(
        "{\"id\":1,\"lon\":2,\"lat\":0}\n",
        "nonsense\r\n",
        "\n",
        "{\"id\":\"c\",\"lon\":2,\"lat\":0,\"height\":5}\n",
        "{\"id\":3,\"lon\":25.2,\"lat\":110.2,\"crs\":\"gcj02\"}\n",
        "{\"id\":4,\"x\":2,\"y\":0}\n",
        "{\"lon\":0,\"lat\":0}",
    );
    let answers = send(Format::Ndjson, Some(Crs::Wgs84), input.as_bytes(), 7).unwrap();
    let lines: Vec<serde_json::Value> = answers.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let brief: Vec<(String, String)> = lines
        .iter()
        .map(|l| (l["id"].to_string(), l["error"]["code"].as_str().or(l["outcome"].as_str()).unwrap().into()))
        .collect();
    let expected = [
        ("1", "inside"),
        ("null", "bad_json"),
        ("\"c\"", "bad_json"),
        ("3", "swapped_axes"),
        ("4", "wrong_system"),
        ("null", "outside"),
    ];
    assert_eq!(brief, expected.map(|(id, what)| (id.to_owned(), what.to_owned())));
    assert_eq!((lines[1]["line"].as_u64(), lines[3]["line"].as_u64()), (Some(2), Some(5)));
}

#[test]
fn csv_keeps_its_columns_and_gets_its_answers() {
    let input = "name,LON, lat\r\n\"a,\"\"b\"\"\nc\",2,0\r\nd,x,0\r\ne,2\r\nf,0,0\r\n";
    let expected = concat!(
        "name,LON, lat,outcome,land,water,police,responsible,error\n",
        "\"a,\"\"b\"\"\nc\",2,0,inside,E,,,E,\n",
        "d,x,0,error,,,,,\"lon must be a number, got \"\"x\"\"\"\n",
        ",,,error,,,,,\"the row must have 3 cells as the head has, got 2\"\n",
        "f,0,0,outside,,,,,\n",
    );
    for size in [1, 2, 3, 5, 1000] {
        assert_eq!(send(Format::Csv, Some(Crs::Wgs84), input.as_bytes(), size).unwrap(), expected, "{size}");
    }
}

#[test]
fn csv_without_its_columns_or_system_is_refused_as_a_whole() {
    let refuse = |crs, input: &str| send(Format::Csv, crs, input.as_bytes(), 1000).unwrap_err();
    assert_eq!(refuse(None, "lon,lat\n1,2\n").field, Some("crs"));
    assert_eq!(refuse(Some(Crs::Wgs84), "x,y\n1,2\n").field, Some("lon"));
    assert_eq!(refuse("4546".parse().ok(), "lon,lat\n1,2\n").field, Some("x"));
    assert!(send(Format::Csv, Some(Crs::Wgs84), "\u{feff}lon,lat\n2,0\n".as_bytes(), 9).is_ok());
}

#[test]
fn an_endless_row_costs_an_error_row_and_bounded_memory() {
    for format in [Format::Ndjson, Format::Csv] {
        let mut cutter = Cutter::new(format);
        assert!(cutter.push(b"lon,lat\n").rows().count() == 1);
        for _ in 0..100 {
            assert!(cutter.push(&[b'7'; 10_000]).is_empty());
        }
        let block = cutter.push(b"\n2,0\n");
        assert_eq!(block.len(), ROW_BYTES + 1 + 3);
        let table = Table { crs: Some(Crs::Wgs84), columns: None };
        let answers = String::from_utf8(table.answer(&block, locate).0).unwrap();
        assert!(answers.starts_with("{\"id\":null,\"line\":2,\"outcome\":\"error\""), "{answers}");
        assert!(answers.contains("row_too_long") && answers.lines().count() == 2);
    }
}

#[test]
fn what_looks_like_a_formula_does_not_reach_a_spreadsheet() {
    let input = b"lon,lat\n2,0\n";
    let mut cutter = Cutter::new(Format::Csv);
    let mut block = cutter.push(input);
    let (table, _) = Table::open(Format::Csv, Some(Crs::Wgs84), &mut block).unwrap();
    let evil = |_: &[Point]| vec![RowAnswer { land: Some("=1+1"), ..locate(&[Point::new(0, 0)])[0] }];
    assert_eq!(table.answer(&block, evil).0, b"2,0,outside,\"'=1+1\",,,,\n");
}

#[test]
fn a_stray_quote_swallows_no_more_than_one_row_may_have() {
    let input = format!("a,\"b\n{}z,z\n", "yy,yy\n".repeat(20_000));
    for size in [1_000, 70_000, input.len()] {
        let mut cutter = Cutter::new(Format::Csv);
        let blocks: Vec<Block> = input.as_bytes().chunks(size).map(|piece| cutter.push(piece)).collect();
        let rows: Vec<&[u8]> = blocks.iter().flat_map(Block::rows).map(|(_, row)| row).collect();
        assert_eq!((rows[0].len(), rows.len()), (ROW_BYTES + 1, 9_079), "{size}");
        assert_eq!((rows[1], rows[9_078]), (&b"yy,yy"[..], &b"z,z"[..]), "{size}");
    }
}

/// Sends text from one format to another, in pieces, and says what became of the rows.
fn across(from: Format, to: Format, input: &str) -> Result<(String, Option<RecordBatch>, Tally), RowError> {
    let mut cutter = Cutter::new(from);
    let mut blocks = vec![cutter.push(input.as_bytes())];
    blocks.push(cutter.finish());
    let (way, mut out) = Way::of_text(from, to, Some(Crs::Wgs84), &mut blocks[0])?;
    let (mut tally, mut last) = (Tally::default(), None);
    for block in blocks {
        let (answers, counted) = way.answer(Piece::Text(block), locate)?;
        tally.add(&counted);
        match answers {
            Answers::Text(bytes) => out.extend(bytes),
            Answers::Batch(batch) if batch.num_rows() > 0 => last = Some(batch),
            Answers::Batch(_) => {}
        }
    }
    Ok((String::from_utf8(out).unwrap(), last, tally))
}

#[test]
fn a_row_is_counted_once_whatever_the_way() {
    let csv = "name,lon,lat\na,2,0\n\nb,0,0\nc,x,0\n\"=d\",,0\ne,2\nf,2,0";
    let ndjson = "{\"id\":1,\"lon\":2,\"lat\":0}\n\n{\"id\":2}\nx\n{\"id\":{\"a\":1},\"lon\":0,\"lat\":0}\n";
    for to in [Format::Csv, Format::Ndjson, Format::Parquet] {
        let (_, _, tally) = across(Format::Csv, to, csv).unwrap();
        let counts = (tally.inside, tally.nearby, tally.outside, tally.unreadable);
        assert_eq!((counts, &tally.first_unreadable[..]), ((2, 0, 1, 3), &[5, 6, 7][..]), "{to:?}");
        let (_, _, tally) = across(Format::Ndjson, to, ndjson).unwrap();
        let counts = (tally.inside, tally.nearby, tally.outside, tally.unreadable);
        assert_eq!((counts, &tally.first_unreadable[..]), ((1, 0, 1, 2), &[3, 4][..]), "{to:?}");
    }
}

#[test]
fn from_csv_to_other_formats_text_stays_text_and_coordinates_are_numbers() {
    let csv = "编号,lon,lat\n007,2,0\n\"=d,\"\"\",x,0\ne,2\n";
    let (lines, _, _) = across(Format::Csv, Format::Ndjson, csv).unwrap();
    let expected = concat!(
        "{\"编号\":\"007\",\"lon\":2.0,\"lat\":0.0,\"outcome\":\"inside\",\"land\":\"E\",\"water\":null,\"police\":null,\"responsible\":\"E\"}\n",
        "{\"编号\":\"=d,\\\"\",\"lon\":null,\"lat\":0.0,\"outcome\":\"error\",\"land\":null,\"water\":null,\"police\":null,\"responsible\":null,",
        "\"error\":\"lon must be a number, got \\\"x\\\"\"}\n",
        "{\"编号\":null,\"lon\":null,\"lat\":null,\"outcome\":\"error\",\"land\":null,\"water\":null,\"police\":null,\"responsible\":null,",
        "\"error\":\"the row must have 3 cells as the head has, got 2\"}\n",
    );
    assert_eq!(lines, expected);
    let (_, batch, _) = across(Format::Csv, Format::Parquet, csv).unwrap();
    let schema = batch.unwrap().schema();
    let kinds: Vec<String> =
        schema.fields().iter().map(|f| format!("{} {}", f.name(), f.data_type())).collect();
    assert_eq!(kinds[..4], ["编号 Utf8", "lon Float64", "lat Float64", "outcome Utf8"]);
    let gbk = [&b"name,lon,lat\n\xb9\xf0\xc1\xd6,2,0\n"[..]].concat();
    let mut cutter = Cutter::new(Format::Csv);
    let mut block = cutter.push(&gbk);
    let (way, _) = Way::of_text(Format::Csv, Format::Parquet, Some(Crs::Wgs84), &mut block).unwrap();
    assert_eq!(way.answer(Piece::Text(block), locate).unwrap().1.unreadable, 1);
}

#[test]
fn from_ndjson_to_csv_the_id_is_kept_and_is_no_formula() {
    let ndjson = "{\"id\":\"=1+1\",\"lon\":2,\"lat\":0}\n{\"id\":-3,\"lon\":0,\"lat\":0}\n{\"id\":null}\n";
    let (csv, _, _) = across(Format::Ndjson, Format::Csv, ndjson).unwrap();
    let expected = "id,outcome,land,water,police,responsible,error\n\"'=1+1\",inside,E,,,E,\n\"'-3\",outside,,,,,\n,error,,,,,lon is missing\n";
    assert_eq!(csv, expected);
}

#[test]
fn a_table_with_the_answers_columns_or_one_name_twice_is_refused() {
    let refuse = |csv| across(Format::Csv, Format::Parquet, csv).unwrap_err().detail;
    assert!(refuse("lon,lat,police\n2,0,p\n").contains("police"));
    assert!(refuse("lon,lat,a,a\n2,0,1,1\n").contains("stands twice"));
}

#[test]
fn columns_of_any_numbers_hold_coordinates_and_others_do_not() {
    let north: ArrayRef = Arc::new(Float32Array::from(vec![0.0; 3]));
    let easts: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(vec![Some(2.0), None, Some(f64::NAN)])),
        Arc::new(Float32Array::from(vec![Some(2.0), None, Some(f32::INFINITY)])),
        Arc::new(Int16Array::from(vec![Some(2), None, Some(999)])),
        Arc::new(StringArray::from(vec![Some(" 2.0"), None, Some("zwei")])),
        Arc::new(
            Decimal128Array::from(vec![Some(200), None, Some(99_900)])
                .with_precision_and_scale(9, 2)
                .unwrap(),
        ),
    ];
    for east in easts {
        let kind = east.data_type().to_string();
        let batch = RecordBatch::try_from_iter([("LON", east), ("lat", north.clone())]).unwrap();
        let columns = Columns::open(Crs::Wgs84, batch.schema_ref()).unwrap();
        let (answers, tally) = columns.answer(&batch, 100, locate).unwrap();
        assert_eq!((tally.inside, tally.unreadable), (1, 2), "{kind}");
        assert_eq!(tally.first_unreadable, [101, 102], "{kind}");
        assert_eq!((answers.num_rows(), answers.num_columns()), (3, 8));
    }
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let batch = RecordBatch::try_from_iter([("lon", flags.clone()), ("lat", flags)]).unwrap();
    let error = Columns::open(Crs::Wgs84, batch.schema_ref()).unwrap_err();
    assert_eq!((error.code, error.field), (RowCode::BadValue, Some("lon")));
    assert_eq!(Columns::open("4546".parse().unwrap(), batch.schema_ref()).unwrap_err().field, Some("x"));
}
