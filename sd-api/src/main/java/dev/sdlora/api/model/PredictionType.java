package dev.sdlora.api.model;

/** What a U-Net was trained to predict; names as diffusers' {@code prediction_type}. */
public enum PredictionType {
  /** The noise (Ho et al. 2020, "Denoising Diffusion Probabilistic Models"). */
  EPSILON("epsilon"),
  /** The velocity, a mixture of noise and image (Salimans and Ho 2022). */
  V_PREDICTION("v_prediction"),
  /** The clean latent itself, as SDXL-Lightning's model for one step does (Lin et al. 2024). */
  SAMPLE("sample"),
  /** A mixture of noise and image that has unit variance at any level (Karras et al. 2022). */
  EDM("edm");

  private final String label;

  PredictionType(String label) {
    this.label = label;
  }

  /** {@return the name in settings, such as {@code v_prediction}} */
  public String label() {
    return label;
  }
}
