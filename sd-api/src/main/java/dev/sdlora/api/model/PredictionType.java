package dev.sdlora.api.model;

/**
 * The quantities that denoisers are trained to predict, named as in diffusers' {@code
 * prediction_type}.
 */
public enum PredictionType {
  /** The noise (Ho et al. 2020, "Denoising Diffusion Probabilistic Models"). */
  EPSILON("epsilon"),
  /** The velocity, a mixture of noise and image (Salimans and Ho 2022). */
  V_PREDICTION("v_prediction"),
  /** The clean latent itself, as in SDXL-Lightning's one-step model (Lin et al. 2024). */
  SAMPLE("sample"),
  /** A mixture of noise and image with unit variance at any noise level (Karras et al. 2022). */
  EDM("edm"),
  /** The velocity of a rectified flow, noise minus image (Liu et al. 2022). */
  FLOW("flow_prediction");

  private final String label;

  PredictionType(String label) {
    this.label = label;
  }

  /** {@return the name in settings, such as {@code v_prediction}} */
  public String label() {
    return label;
  }
}
