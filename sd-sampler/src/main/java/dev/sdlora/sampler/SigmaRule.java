package dev.sdlora.sampler;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.schedule.ConsistencyTimes;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * The noise levels that sampling methods walk down, from noise and from an image, and the form that
 * their latents have at both ends.
 */
enum SigmaRule {
  /** The levels of a schedule, down to 0: the methods of k-diffusion. */
  SCHEDULED(false) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return scheduled(settings, levels, family);
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** The same for methods that end at the last level above 0, so that they need two above it. */
  SCHEDULED_ABOVE_ZERO(false) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return settings.steps() == 1
          ? Sigmas.of(levels.sigmaMax(), levels.sigmaMin())
          : scheduled(settings, levels, family);
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return Part.of(whole.from(Math.max(0, settings.steps() - Math.max(1, encoded) - 1)));
    }
  },

  /** A1111's training times of DDIM. */
  TRAINING_TIMES(true) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return Schedules.ddim(settings.steps(), levels);
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      int first = Math.max(0, whole.steps() - Math.max(1, encoded));
      return new Part(whole.from(Math.min(first + 1, whole.steps() - 1)), whole.at(first));
    }
  },

  /** Trailing times in the form of {@link #TRAINING_TIMES}. */
  TRAILING_TIMES(true) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return Schedules.sigmas(
          Schedule.TRAILING, settings.steps(), levels, family, settings.options());
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** As many steps as {@link #TRAINING_TIMES} has levels, spread from the very first time to 0. */
  UNIFORM_TIMES(true) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      int steps = Schedules.ddim(settings.steps(), levels).steps() + 1;
      return Schedules.timeUniform(steps, levels.trainingSteps() - 1, levels);
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      Sigmas times = Schedules.ddim(settings.steps(), levels);
      int first = Math.max(0, times.steps() - Math.max(1, encoded));
      double firstTime = levels.sigmaToTime(times.at(encoded < 2 ? first : first + 1));
      return new Part(
          Schedules.timeUniform(Math.max(1, encoded), firstTime, levels), times.at(first));
    }
  },

  /** The times that consistency models are distilled at, evenly spread. */
  CONSISTENCY_TIMES_SPREAD(false) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).spread(settings.steps());
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** Some of the times that consistency models are distilled at. */
  CONSISTENCY_TIMES_PICKED(true) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).picked(settings.steps(), levels.sigmaMin());
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** The same times, and from the last to a clean latent; as diffusers has them for LCM. */
  CONSISTENCY_TIMES_PICKED_TO_CLEAN(true) {
    @Override
    Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).picked(settings.steps(), 0);
    }

    @Override
    Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  };

  private final boolean variancePreserving;

  SigmaRule(boolean variancePreserving) {
    this.variancePreserving = variancePreserving;
  }

  /**
   * The last part of a way.
   *
   * @param sigmas its levels
   * @param pictureSigma how noisy the image that it starts from is made; with samplers on training
   *     times not the first level
   */
  record Part(Sigmas sigmas, double pictureSigma) {
    static Part of(Sigmas sigmas) {
      return new Part(sigmas, sigmas.at(0));
    }
  }

  /** The rule of a request for a method that has this one. */
  SigmaRule of(SamplingSettings settings) {
    if (settings.schedule() != Schedule.TRAILING) {
      return this;
    }
    return switch (this) {
      case TRAINING_TIMES -> TRAILING_TIMES;
      case CONSISTENCY_TIMES_SPREAD -> CONSISTENCY_TIMES_PICKED_TO_CLEAN;
      default -> this;
    };
  }

  /** The levels of a whole way, from noise. */
  abstract Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family);

  /**
   * The last part of a whole way, from an image.
   *
   * @param encoded by how many steps it is taken back, fewer than those asked for
   */
  abstract Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels);

  /**
   * Whether latents start from unit noise and end in the model's own form, {@code x / sqrt(1 +
   * sigma²)}.
   */
  boolean variancePreserving() {
    return variancePreserving;
  }

  private static Part last(Sigmas whole, int encoded, SamplingSettings settings) {
    return Part.of(whole.from(settings.steps() - encoded - 1));
  }

  private static Sigmas scheduled(
      SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
    int more = settings.discardsNextToLast() ? 1 : 0;
    Sigmas sigmas =
        Schedules.sigmas(
            settings.sampler().resolve(settings.schedule()),
            settings.steps() + more,
            levels,
            family,
            settings.options());
    return more == 1 ? sigmas.withoutNextToLast() : sigmas;
  }
}
