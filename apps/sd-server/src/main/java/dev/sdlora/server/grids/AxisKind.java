package dev.sdlora.server.grids;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.SettingAxes;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.request.json.Fields;
import java.util.Arrays;
import java.util.List;

/** Kinds of axes that are no rows of settings or have a notation of their own. */
enum AxisKind {
  SEED("seed", "Seed", "1-4", Hints.NUMBERS),
  STEPS("steps", "Sampling steps", "10, 20, 40", Hints.NUMBERS),
  CFG("cfg", "CFG Scale", "1-7 [3]", Hints.NUMBERS),
  SAMPLER("sampler", "Sampling method", "Euler a, DDIM", Hints.NAMES),
  SCHEDULE("schedule", "Schedule type", "Karras, Normal", Hints.NAMES),
  SIZE("size", "Size", "512x512, 768x512", "WIDTHxHEIGHT, separated by commas"),
  LORA("lora", "LoRA weight", "0-1 [5]", Hints.NUMBERS),
  PROMPT(
      "prompt",
      "Prompt S/R",
      "red, blue, green",
      "each text replaces the first one in the prompts; texts with commas need double quotes"),
  DENOISING("denoising", "Denoising strength", "0.3, 0.6", Hints.NUMBERS);

  /** Hints that several kinds share. */
  private static final class Hints {
    static final String NUMBERS =
        "numbers separated by commas, or ranges: 1-5, 1-9 (+2) in steps of 2, 0-1 [5] for five"
            + " numbers from 0 to 1";
    static final String NAMES = "names separated by commas";
    static final String TEXTS = "texts separated by commas; with commas in them, in double quotes";
  }

  private final String axis;
  private final String label;
  private final String example;
  private final String hint;

  AxisKind(String axis, String label, String example, String hint) {
    this.axis = axis;
    this.label = label;
    this.example = example;
    this.hint = hint;
  }

  /** Returns the response of {@code GET /api/grids/axes}. */
  static ObjectNode json() {
    ObjectNode json = Fields.object();
    ArrayNode axes = json.putArray("axes");
    for (AxisKind kind : values()) {
      ObjectNode entry = axes.addObject();
      entry.put("axis", kind.axis);
      entry.put("label", kind.label);
      entry.put("example", kind.example);
      entry.put("hint", kind.hint);
      ArrayNode choices = entry.putArray("choices");
      kind.choices().forEach(choices::add);
    }
    SettingAxes.all().forEach((name, path) -> describe(name, path.setting(), axes.addObject()));
    return json;
  }

  private static void describe(String name, Setting<?, ?, ?> setting, ObjectNode axis) {
    Kind<?> kind = setting.kind();
    boolean number = kind.type() == Kind.Type.NUMBER || kind.type() == Kind.Type.WHOLE_NUMBER;
    List<String> choices =
        kind.type() == Kind.Type.FLAG ? List.of("false", "true") : kind.choices();
    axis.put("axis", name);
    axis.put("label", name.replace('-', ' '));
    axis.put(
        "example",
        choices.isEmpty()
            ? number ? numbers(kind) : ""
            : String.join(", ", choices.subList(0, Math.min(2, choices.size()))));
    axis.put(
        "hint",
        (number ? Hints.NUMBERS : choices.isEmpty() ? Hints.TEXTS : Hints.NAMES)
            + ". "
            + setting.meaning());
    choices.forEach(axis.putArray("choices")::add);
  }

  private static String numbers(Kind<?> kind) {
    double least = Math.max(kind.least(), 0);
    double most = Math.min(kind.most(), least + 10);
    return Decimals.text(Math.ceil(least)) + "-" + Decimals.text(Math.floor(most)) + " [3]";
  }

  private List<String> choices() {
    return switch (this) {
      case SAMPLER -> Arrays.stream(Sampler.values()).map(Sampler::label).toList();
      case SCHEDULE -> Arrays.stream(Schedule.values()).map(Schedule::label).toList();
      default -> List.of();
    };
  }
}
