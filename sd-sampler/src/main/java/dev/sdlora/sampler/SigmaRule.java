package dev.sdlora.sampler;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.schedule.ConsistencyTimes;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * The rules for the noise levels of sampling methods, from noise and from an image, and for the
 * form of latents at both ends.
 */
public enum SigmaRule {
  /** The levels of a schedule, down to 0: the methods of k-diffusion. */
  SCHEDULED(false) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return scheduled(settings, levels, family);
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /**
   * The levels of a schedule, for methods that end at the last level above 0 and so need two above
   * it.
   */
  SCHEDULED_ABOVE_ZERO(false) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return settings.steps() == 1
          ? Sigmas.of(levels.sigmaMax(), levels.sigmaMin())
          : scheduled(settings, levels, family);
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return Part.of(whole.from(Math.max(0, settings.steps() - Math.max(1, encoded) - 1)));
    }
  },

  /** A1111's training times for DDIM. */
  TRAINING_TIMES(true) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return Schedules.ddim(settings.steps(), levels);
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      int first = Math.max(0, whole.steps() - Math.max(1, encoded));
      return new Part(whole.from(Math.min(first + 1, whole.steps() - 1)), whole.at(first));
    }
  },

  /** Trailing times in the form of {@link #TRAINING_TIMES}. */
  TRAILING_TIMES(true) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return Schedules.sigmas(
          Schedule.TRAILING, settings.steps(), levels, family, settings.options());
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /**
   * As many steps as {@link #TRAINING_TIMES} has levels, evenly spaced from the first time to 0.
   */
  UNIFORM_TIMES(true) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      int steps = Schedules.ddim(settings.steps(), levels).steps() + 1;
      return Schedules.timeUniform(steps, levels.trainingSteps() - 1, levels);
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      Sigmas times = Schedules.ddim(settings.steps(), levels);
      int first = Math.max(0, times.steps() - Math.max(1, encoded));
      double firstTime = levels.sigmaToTime(times.at(encoded < 2 ? first : first + 1));
      return new Part(
          Schedules.timeUniform(Math.max(1, encoded), firstTime, levels), times.at(first));
    }
  },

  /** The times on which consistency models are distilled, evenly spaced. */
  CONSISTENCY_TIMES_SPREAD(false) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).spread(settings.steps());
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** A selection of the times on which consistency models are distilled. */
  CONSISTENCY_TIMES_PICKED(true) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).picked(settings.steps(), levels.sigmaMin());
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  },

  /** The same times, followed by a clean latent; as in diffusers for LCM. */
  CONSISTENCY_TIMES_PICKED_TO_CLEAN(true) {
    @Override
    public Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
      return new ConsistencyTimes(levels).picked(settings.steps(), 0);
    }

    @Override
    public Part part(Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels) {
      return last(whole, encoded, settings);
    }
  };

  private final boolean variancePreserving;

  SigmaRule(boolean variancePreserving) {
    this.variancePreserving = variancePreserving;
  }

  /**
   * The last part of a schedule.
   *
   * @param sigmas its levels
   * @param pictureSigma the noise level of the image from which it starts; not the first level for
   *     samplers on training times
   */
  public record Part(Sigmas sigmas, double pictureSigma) {
    /** Returns a part that starts at its first level. */
    public static Part of(Sigmas sigmas) {
      return new Part(sigmas, sigmas.at(0));
    }
  }

  /** Returns the rule for a request, given the rule of the method. */
  public SigmaRule of(SamplingSettings settings, NoiseLevels levels) {
    if (levels.form().isFlow()) {
      return SCHEDULED;
    }
    if (settings.schedule() != Schedule.TRAILING) {
      return this;
    }
    return switch (this) {
      case TRAINING_TIMES -> TRAILING_TIMES;
      case CONSISTENCY_TIMES_SPREAD -> CONSISTENCY_TIMES_PICKED_TO_CLEAN;
      default -> this;
    };
  }

  /** Returns the levels of the full schedule, from noise. */
  public abstract Sigmas whole(SamplingSettings settings, NoiseLevels levels, ModelFamily family);

  /**
   * Returns the last part of a full schedule, starting from an image.
   *
   * @param encoded the number of steps for which noise is added to the image, fewer than requested
   */
  public abstract Part part(
      Sigmas whole, int encoded, SamplingSettings settings, NoiseLevels levels);

  /**
   * Whether latents start from unit noise and end in the model's own form, {@code x / sqrt(1 +
   * sigma²)}.
   */
  public boolean variancePreserving() {
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
            levels.form().isFlow()
                ? settings.schedule()
                : settings.sampler().resolve(settings.schedule()),
            settings.steps() + more,
            levels,
            family,
            settings.options());
    return more == 1 ? sigmas.withoutNextToLast() : sigmas;
  }
}
