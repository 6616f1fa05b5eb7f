package dev.sdlora.sampler.schedule;

/** A clean latent with noise added to it. */
record ExplodingForm() implements NoiseForm {
  @Override
  public boolean isFlow() {
    return false;
  }

  @Override
  public double signal(double sigma) {
    return 1;
  }

  @Override
  public double sigma(double ratio) {
    return ratio;
  }

  @Override
  public double rise(double sigma, double sigmaNext) {
    return Math.log(sigma / sigmaNext);
  }

  @Override
  public double middle(double sigma, double sigmaNext) {
    return Math.sqrt(sigma * sigmaNext);
  }

  @Override
  public Sigmas belowPureNoise(Sigmas sigmas) {
    return sigmas;
  }
}
