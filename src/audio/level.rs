//! How loud a sound is.

/// What digital silence measures, dBFS; the logarithm of nothing has no value.
pub const SILENCE_DBFS: f32 = -96.0;

/// Root mean square, in dB below a full-scale square wave; [`SILENCE_DBFS`] at least.
pub fn rms_dbfs(samples: &[i16]) -> f32 {
    if samples.is_empty() {
        return SILENCE_DBFS;
    }
    let power = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>() / samples.len() as f64;
    to_dbfs(power.sqrt())
}

/// The largest sample, dBFS; [`SILENCE_DBFS`] at least.
pub fn peak_dbfs(samples: &[i16]) -> f32 {
    to_dbfs(samples.iter().map(|s| s.unsigned_abs()).max().map_or(0.0, f64::from))
}

/// The first sample whose size passes `threshold_dbfs`.
pub fn first_audible(samples: &[i16], threshold_dbfs: f32) -> Option<usize> {
    let threshold = 32_768.0 * 10f32.powf(threshold_dbfs / 20.0);
    samples.iter().position(|s| f32::from(s.unsigned_abs()) > threshold)
}

fn to_dbfs(amplitude: f64) -> f32 {
    if amplitude < 1.0 {
        // Less than one step of 16 bits.
        return SILENCE_DBFS;
    }
    ((20.0 * (amplitude / 32_768.0).log10()) as f32).max(SILENCE_DBFS)
}
