//! Charts drawn with plotters on the spot, as a cell of a notebook would: its tutorial's, and one with a second axis.

use transfer::prelude::*;
use transfer::viz::plotters::prelude::*;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let tutorial = Figure::draw((640, 400), "y = x^2, as in plotters' manual", |area| {
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .caption("y=x^2", ("sans-serif", 24).into_font())
            .margin(8)
            .x_label_area_size(30)
            .y_label_area_size(40)
            .build_cartesian_2d(-1f32..1f32, -0.1f32..1f32)?;
        chart.configure_mesh().draw()?;
        chart
            .draw_series(LineSeries::new(
                (-50..=50).map(|x| x as f32 / 50.0).map(|x| (x, x * x)),
                &RED,
            ))?
            .label("y = x^2, a longer name")
            .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], RED));
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.1))
            .border_style(BLACK)
            .draw()?;
        Ok(())
    })?;
    let themed = Figure::draw((640, 320), "a step in the learning rate", |area| {
        let mut chart = ChartBuilder::on(area)
            .caption("Loss and learning rate", ("sans-serif", 21))
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(50)
            .right_y_label_area_size(64)
            .build_cartesian_2d(0.0..60.0, 0.0..2.5)?
            .set_secondary_coord(0.0..60.0, (1e-4..1.0).log_scale());
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 15))
            .x_desc("epoch")
            .y_desc("loss")
            .draw()?;
        chart
            .configure_secondary_axes()
            .label_style(("sans-serif", 15))
            .y_desc("learning rate")
            .draw()?;
        let loss = (0..=120).map(|i| f64::from(i) / 2.0).map(|x| {
            let floor = if x < 30.0 { 0.6 } else { 0.15 };
            (x, floor + 1.7 * (-x / 6.0).exp())
        });
        chart.draw_series(LineSeries::new(loss, series_ink(0).stroke_width(2)))?;
        let rate = [(0.0, 1e-1), (30.0, 1e-1), (30.0, 1e-3), (60.0, 1e-3)];
        let style = series_ink(1).stroke_width(2);
        chart.draw_secondary_series(DashedLineSeries::new(rate, 6, 4, style))?;
        Ok(())
    })?;
    Ok(vec![("own_tutorial", tutorial), ("own_themed", themed)])
}
