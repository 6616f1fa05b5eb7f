package dev.sdlora.pipeline.image;

import dev.sdlora.api.ImageSize;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.Rng;
import dev.sdlora.api.Sampler;
import dev.sdlora.api.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads {@link Infotext}. */
final class InfotextReader {
  static final String NEGATIVE_PROMPT = "Negative prompt:";

  private static final int FEWEST_SETTINGS = 3;
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  private InfotextReader() {}

  static PromptSpec read(String text) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.strip().split("\n", -1)));
    int last = lines.size() - 1;
    SettingsLine settings = SettingsLine.parse(lines.get(last));
    if (settings.found() >= FEWEST_SETTINGS) {
      lines.remove(last);
    } else {
      settings = new SettingsLine();
    }
    PromptSpecBuilder spec = PromptSpec.builder();
    readPrompts(lines, spec);
    readSettings(settings, spec);
    return spec.build();
  }

  private static void readPrompts(List<String> lines, PromptSpecBuilder spec) {
    StringBuilder prompt = new StringBuilder();
    StringBuilder negative = new StringBuilder();
    StringBuilder target = prompt;
    for (String line : lines) {
      String content = line.strip();
      if (content.startsWith(NEGATIVE_PROMPT)) {
        target = negative;
        content = content.substring(NEGATIVE_PROMPT.length()).strip();
      }
      target.append(target.isEmpty() ? "" : "\n").append(content);
    }
    spec.prompt(prompt.toString()).negativePrompt(negative.toString());
  }

  private static void readSettings(SettingsLine settings, PromptSpecBuilder spec) {
    set(settings, "Steps", value -> spec.steps(integer(value)));
    set(settings, "Sampler", value -> readSampler(value, spec));
    set(settings, "Schedule type", value -> readSchedule(value, spec));
    set(settings, "CFG scale", value -> spec.cfgScale(decimal(value)));
    set(settings, "Seed", value -> spec.seed(seed(value)));
    set(settings, "Size", value -> spec.size(ImageSize.parse(value)));
    set(settings, "Clip skip", value -> spec.clipSkip(integer(value)));
    set(settings, "RNG", value -> spec.rng(rng(value)));
  }

  private static void set(SettingsLine settings, String key, Consumer<String> setter) {
    settings
        .value(key)
        .ifPresent(
            value -> {
              try {
                setter.accept(value.strip());
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "'" + key + ": " + value + "' cannot be used: " + e.getMessage(), e);
              }
            });
  }

  /** Before A1111 1.9 the schedule was the last word of the sampler's name, unless it was usual. */
  private static void readSampler(String name, PromptSpecBuilder spec) {
    for (Schedule schedule : Schedule.values()) {
      String ending = " " + schedule.label();
      if (name.endsWith(ending)) {
        spec.sampler(Sampler.parse(name.substring(0, name.length() - ending.length())));
        spec.schedule(schedule);
        return;
      }
    }
    spec.sampler(Sampler.parse(name));
  }

  /** Automatic says nothing new: a schedule in the sampler's name stays. */
  private static void readSchedule(String name, PromptSpecBuilder spec) {
    Schedule schedule = Schedule.parse(name);
    if (schedule != Schedule.AUTOMATIC) {
      spec.schedule(schedule);
    }
  }

  private static int integer(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number", e);
    }
  }

  private static double decimal(String value) {
    if (!DECIMAL.matcher(value).matches()) {
      throw new IllegalArgumentException("it must be a number such as 7.5");
    }
    return Double.parseDouble(value);
  }

  private static long seed(String value) {
    try {
      return value.startsWith("-") ? Long.parseLong(value) : Long.parseUnsignedLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number of at most 64 bits", e);
    }
  }

  private static Rng rng(String value) {
    return switch (value.toUpperCase(Locale.ROOT)) {
      // What an NVIDIA card draws, which is what A1111 runs on unless told otherwise.
      case "GPU", "NV" -> Rng.NV;
      case "CPU" -> Rng.CPU;
      default -> throw new IllegalArgumentException("the known ones are NV, CPU and GPU");
    };
  }
}
