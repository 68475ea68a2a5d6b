use super::*;

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
        out.extend(open.as_ref().unwrap().answer(&block, locate));
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
        let answers = String::from_utf8(table.answer(&block, locate)).unwrap();
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
    assert_eq!(table.answer(&block, evil), b"2,0,outside,\"'=1+1\",,,,\n");
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
