//! Charts of one's own, drawn with plotters.

use plotters_backend::{BackendCoord, DrawingErrorKind};
use transfer::viz::plotters::element::{Drawable, PointCollection};
use transfer::viz::plotters::prelude::*;
use transfer::viz::plotters::style::text_anchor::{HPos, Pos, VPos};
use transfer::viz::{Figure, Show, series_ink};

use super::{count, sound};

#[test]
fn a_chart_of_ones_own_is_in_the_theme() {
    let figure = Figure::draw((480, 260), "two lines", |area| {
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .caption("a < b", ("sans-serif", 31))
            .margin(8)
            .x_label_area_size(30)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..10.0, (0.1..100.0).log_scale())?;
        chart.configure_mesh().x_desc("x").y_desc("y").draw()?;
        for index in 0..2 {
            let points = (1..10).map(|x| (f64::from(x), f64::from(x + index as i32)));
            let line = LineSeries::new(points, series_ink(index).stroke_width(2));
            chart
                .draw_series(line)?
                .label(format!("line {index}"))
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 12, y)], series_ink(index).stroke_width(2))
                });
        }
        chart.configure_series_labels().border_style(BLACK).draw()?;
        Ok(())
    })
    .unwrap();
    // `sound` finds black and white.
    let svg = sound(&figure);
    for part in [
        "width=\"480\" height=\"260\"",
        "font-size=\"25\"",
        ">a &lt; b<",
        ">line 1<",
        "rotate(270 ",
        "#1b9e77",
        "#d06b1f",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert!(!svg.contains("width=\"480\" height=\"260\" fill"), "{svg}");
    assert!(figure.to_html().contains("alt=\"two lines\""));
}

/// One white pixel above another.
struct Bitmap((i32, i32));

impl<'a> PointCollection<'a, (i32, i32)> for &'a Bitmap {
    type Point = &'a (i32, i32);
    type IntoIter = std::iter::Once<&'a (i32, i32)>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.0)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Bitmap {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        backend.blit_bitmap(points.next().unwrap(), (1, 2), &[255; 6])
    }
}

#[test]
fn each_shape_of_plotters_is_an_element() {
    let figure = Figure::draw((200, 100), "shapes", |area| {
        area.draw(&Circle::new((20, 30), 4, RED.filled()))?;
        area.draw(&Circle::new((20, 30), 6, BLUE.stroke_width(2)))?;
        area.draw(&Rectangle::new([(40, 60), (10, 50)], GREEN.filled()))?;
        area.draw(&Polygon::new([(0, 0), (9, 0), (9, 9)], RED))?;
        area.draw(&PathElement::new([(1, 2), (3, 4)], RED.mix(0.5)))?;
        area.draw(&PathElement::new([(1, 2), (3, 4)], TRANSPARENT))?;
        area.draw_pixel((5, 6), &RED)?;
        area.draw(&Bitmap((50, 60)))?;
        Ok(())
    })
    .unwrap();
    let counts = ["circle", "rect", "polygon", "polyline", "image"];
    assert_eq!(
        counts.map(|element| count(&figure, element)),
        [2, 2, 1, 1, 1]
    );
    for part in [
        "cx=\"20\" cy=\"30\" r=\"4\" fill=\"#ff0000\"",
        "fill=\"none\" stroke=\"#0000ff\" stroke-width=\"2\"",
        // Whichever corner comes first.
        "x=\"10\" y=\"50\" width=\"30\" height=\"10\"",
        "stroke-opacity=\"0.500\"",
        "x=\"50\" y=\"60\" width=\"1\" height=\"2\"",
    ] {
        assert!(figure.svg().contains(part), "{part} in {}", figure.svg());
    }
}

#[test]
fn text_stands_where_its_anchor_says() {
    let figure = Figure::draw((200, 100), "text", |area| {
        let style = |v_pos, turn| {
            let font = ("sans-serif", 24.8).into_font().transform(turn);
            TextStyle::from(font).pos(Pos::new(HPos::Center, v_pos))
        };
        area.draw_text("top", &style(VPos::Top, FontTransform::None), (50, 40))?;
        area.draw_text("up", &style(VPos::Top, FontTransform::Rotate270), (50, 40))?;
        area.draw_text("down", &style(VPos::Top, FontTransform::Rotate90), (50, 40))?;
        let font = style(VPos::Top, FontTransform::None);
        let (wide, high) = area.estimate_text_size("mmmm", &font)?;
        assert!(high == 20 && wide > 3 * area.estimate_text_size("i", &font)?.0);
        Ok(())
    })
    .unwrap();
    let line = |text: &str| {
        let ends = format!(">{text}</text>");
        let found = sound(&figure).lines().find(|line| line.ends_with(&ends));
        found.unwrap().to_owned()
    };
    assert!(line("top").contains("x=\"50\" y=\"55.2\"") && !line("top").contains("rotate"));
    assert!(line("up").contains("x=\"65.2\" y=\"40\"") && line("up").contains("rotate(270 "));
    assert!(line("down").contains("x=\"34.8\" y=\"40\"") && line("down").contains("rotate(90 "));
    assert!(line("top").contains("text-anchor=\"middle\""));
}

#[test]
fn an_error_in_a_drawing_comes_out() {
    let error = Figure::draw((20, 20), "none", |_| Err("no data".into())).unwrap_err();
    assert!(error.to_string().contains("no data"), "{error}");
}
