package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GenerationListener.Step;
import dev.sdlora.api.image.Image;
import dev.sdlora.families.denoise.Lockstep;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.PassSampling;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.LatentShape;

/** Reports a sampler's steps to the listener and to networks that change between steps. */
final class StepNotifier implements StepObserver {
  private final ImageRun image;
  private final int steps;
  private final LatentShape latent;
  private final Previewer previewer;
  private final Progress progress;
  private final AppliedLoras applied;
  private final RequestNetworks networks;

  StepNotifier(
      ImageRun image,
      PassSampling plan,
      LatentShape latent,
      Previewer previewer,
      Progress progress,
      AppliedLoras applied,
      RequestNetworks networks) {
    this.image = image;
    this.previewer = previewer;
    this.networks = networks;
    this.steps = plan.steps();
    this.latent = latent;
    this.progress = progress;
    this.applied = applied;
  }

  /**
   * Returns an observer for a sampler that runs in lockstep with others. It reports on the thread
   * of the request.
   */
  StepObserver on(Lockstep.Participant<?, ?> seat) {
    return new StepObserver() {
      @Override
      public void stepStart(int step, double sigma) {
        seat.outside(() -> StepNotifier.this.stepStart(step, sigma));
      }

      @Override
      public void stepEnd(int step, double sigma, float[] denoised) {
        boolean early =
            seat.outside(
                () -> {
                  StepNotifier.this.stepEnd(step, sigma, denoised);
                  return step + 1 < steps && progress.early().isRequested();
                });
        if (early) {
          throw new EarlyEnd.Reached(denoised.clone());
        }
      }
    };
  }

  private Step step(int step, double sigma) {
    return new Step(
        image.index(), image.stepsBefore() + within(step) + 1, image.stepsTotal(), sigma);
  }

  /** Limits the step index, because DPM adaptive may take more steps than requested. */
  private int within(int step) {
    return Math.min(step, steps - 1);
  }

  @Override
  public void stepStart(int step, double sigma) {
    progress.listener().stepStart(step(step, sigma));
    progress.stopIfCancelled();
    applied.step(within(step), steps);
    networks.step(within(step), steps);
  }

  @Override
  public void stepEnd(int step, double sigma, float[] denoised) {
    progress
        .listener()
        .stepEnd(
            step(step, sigma),
            () -> Image.of(previewer.image(denoised, latent.height(), latent.width())));
  }
}
