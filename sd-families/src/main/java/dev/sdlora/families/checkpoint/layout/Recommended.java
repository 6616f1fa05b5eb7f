package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the settings that a checkpoint's metadata recommends: this library's {@code sdlora.*} keys,
 * {@code modelspec.resolution}, {@code modelspec.encoder_layer} and {@code modelspec.usage_hint},
 * which follow Stability AI's model specification and kohya's trainers. Metadata is unverified, so
 * unreadable values are ignored.
 */
public final class Recommended {
  static final String CFG_SCALE = "sdlora.cfg_scale";

  private static final String STEPS = "sdlora.steps";
  private static final String SAMPLER = "sdlora.sampler";
  private static final String SCHEDULE = "sdlora.schedule";
  private static final String CLIP_SKIP = "modelspec.encoder_layer";
  private static final String HIRES_FIX = "sdlora.hires_fix";
  private static final String RESOLUTION = "modelspec.resolution";
  private static final String USAGE_HINT = "modelspec.usage_hint";

  /** The maximum length of a value; longer ones are ignored. */
  private static final int LONGEST = 64;

  /** The maximum length of a hint; longer ones end with an ellipsis. */
  private static final int LONGEST_HINT = 500;

  private static final double MOST_GUIDANCE = 30;
  private static final int MOST_STEPS = 150;
  private static final int SMALLEST_SIDE = 64;
  private static final int LARGEST_SIDE = 2048;

  private final Map<String, String> metadata;

  private Recommended(Map<String, String> metadata) {
    this.metadata = metadata;
  }

  /**
   * Returns a copy of a checkpoint with the default size and settings that its metadata recommends.
   */
  public static Checkpoint noted(Checkpoint checkpoint, Map<String, String> metadata) {
    return new Recommended(metadata).noted(checkpoint);
  }

  private Checkpoint noted(Checkpoint checkpoint) {
    PromptSpec.Builder spec = PromptSpec.builder();
    read(CFG_SCALE, value -> spec.cfgScale(upTo(MOST_GUIDANCE, Double.parseDouble(value))));
    read(STEPS, value -> spec.steps((int) upTo(MOST_STEPS, Integer.parseInt(value))));
    read(
        SAMPLER,
        value -> {
          spec.sampler(Sampler.inName(value));
          Schedule.inName(value).ifPresent(spec::schedule);
        });
    read(SCHEDULE, value -> spec.schedule(Schedule.parse(value)));
    if (checkpoint.family().hasClipSkip()) {
      read(CLIP_SKIP, value -> spec.clipSkip(Integer.parseInt(value)));
    }
    CheckpointBuilder noted = new CheckpointBuilder(checkpoint).defaults(spec.build());
    read(
        RESOLUTION,
        value -> {
          ImageSize size = ImageSize.parse(value);
          if (isPlausible(size.width()) && isPlausible(size.height())) {
            noted.defaultSize(size);
          }
        });
    read(HIRES_FIX, value -> noted.hiresFix(!value.equalsIgnoreCase("no")));
    hint().ifPresent(noted::usageHint);
    return noted.build();
  }

  /** Returns the hint as one line without control characters. */
  private Optional<String> hint() {
    String line = metadata.getOrDefault(USAGE_HINT, "").replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    boolean fits = line.length() <= LONGEST_HINT;
    return Optional.of(fits ? line : line.substring(0, LONGEST_HINT - 1) + "…")
        .filter(text -> !text.isEmpty());
  }

  private static double upTo(double most, double value) {
    if (value >= 0 && value <= most) {
      return value;
    }
    throw new IllegalArgumentException("must be from 0 to %s: %s".formatted(most, value));
  }

  private static boolean isPlausible(int side) {
    return side >= SMALLEST_SIDE && side <= LARGEST_SIDE;
  }

  private void read(String key, Consumer<String> setter) {
    String value = metadata.getOrDefault(key, "").strip();
    if (value.isEmpty() || value.length() > LONGEST) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      // Metadata is unverified; keep the default.
    }
  }
}
