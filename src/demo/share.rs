//! Sharing a whole number out by weights (largest remainders).

/// Shares of `total` in proportion to the weights; they add up to `total` exactly.
///
/// Among equal remainders the earlier one wins. Without any weight everything stays unshared.
pub fn out(total: usize, weights: &[f64]) -> Vec<usize> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| total as f64 * w / sum).collect();
    let mut shares: Vec<usize> = exact.iter().map(|e| e.floor() as usize).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let rest = |i: usize| exact[i] - exact[i].floor();
    order.sort_by(|&a, &b| rest(b).total_cmp(&rest(a)).then(a.cmp(&b)));
    let given: usize = shares.iter().sum();
    for &i in order.iter().cycle().take(total.saturating_sub(given)) {
        shares[i] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_follow_the_weights() {
        assert_eq!(out(10, &[1.0, 1.0, 2.0]), [3, 2, 5]);
        assert_eq!(out(1, &[0.2, 0.5, 0.3]), [0, 1, 0]);
        assert_eq!(out(7, &[0.0, 0.0]), [0, 0]);
    }
}
