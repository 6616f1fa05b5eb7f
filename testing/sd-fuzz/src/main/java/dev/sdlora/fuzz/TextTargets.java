package dev.sdlora.fuzz;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.MaskTag;
import dev.sdlora.prompt.grammar.Styles;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** Texts written by people: prompts, styles, strengths, settings. */
final class TextTargets {
  /** Noise level of the first step; it decreases in later steps. */
  private static final double MOST_NOISE = 14.6;

  private static final int STEPS = 30;

  /** A negative prompt over the steps of an image and of its hires fix. */
  private static final PromptExplanation.Options TWO_PASSES =
      new PromptExplanation.Options(STEPS, OptionalInt.of(STEPS), true, List.of());

  private TextTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> arguments = Set.of(IllegalArgumentException.class);
    return List.of(
        text("prompt-explained", Set.of(PromptSyntaxException.class), PromptExplanation::of),
        text("prompt-tree", Set.of(PromptSyntaxException.class), TextTargets::tree),
        text("prompt-tags", Set.of(PromptSyntaxException.class), TextTargets::tags),
        text(
            "prompt-schedule",
            Set.of(PromptSyntaxException.class),
            text -> PromptExplanation.of(text, TWO_PASSES)),
        new Target(
            "dynamic-prompt", Set.of(PromptSyntaxException.class), TextTargets::dynamicPrompt),
        text("tokens", Set.of(), TextTargets::tokens),
        new Target("styles", Set.of(StableDiffusionException.class), TextTargets::styles),
        text("strengths", arguments, TextTargets::strengths),
        text("blocks", arguments, TextTargets::blocks),
        text("axis", arguments, Axis::parse),
        text("infotext", arguments, Infotext::parse));
  }

  private static Target text(
      String name, Set<Class<? extends Exception>> refusals, Consumer<String> reading) {
    return new Target(
        name, refusals, input -> reading.accept(new String(input, StandardCharsets.UTF_8)));
  }

  /** Checks that no text is lost, whether parsing is strict or not. */
  private static void tree(String text) {
    same(text, Prompt.parse(text).toString());
    same(text, Prompt.parse(text, PromptMode.STRICT).toString());
  }

  private static void tags(String text) {
    ExtraNetworks cut = ExtraNetworks.cut(text);
    MaskTag.ofParts(cut);
    for (ExtraNetwork network : cut.networks()) {
      LoraTag.of(network);
    }
  }

  /** A template; the lines after "---" are the wildcards "w" and "in/w". */
  private static void dynamicPrompt(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.UTF_8);
    int end = text.indexOf("\n---\n");
    String template = end < 0 ? text : text.substring(0, end);
    String lines = end < 0 ? "" : text.substring(end + "\n---\n".length());
    Path file = Scratch.file("wildcards/w.txt", lines.getBytes(StandardCharsets.UTF_8));
    Scratch.alias("wildcards/in/w.txt", "wildcards/w.txt");
    DynamicPrompts dynamic = DynamicPrompts.of(file.resolveSibling(""));
    String drawn = dynamic.draw(template, 1);
    if (drawn.length() > PromptLimits.DEFAULTS.characters()) {
      throw new AssertionError("drew " + drawn.length() + " characters");
    }
    same(drawn, dynamic.draw(template, 1));
  }

  private static void tokens(String text) {
    ClipTokenizer tokenizer = ClipTokenizer.standard();
    for (int id : tokenizer.encode(text)) {
      tokenizer.decode(id);
    }
    Chunks.of(Attention.parse(text), tokenizer);
  }

  private static void styles(byte[] csv) throws Exception {
    List<Style> styles = Style.readAll(Scratch.file("styles.csv", csv));
    List<Style> few = styles.size() > 4 ? styles.subList(0, 4) : styles;
    Styles.onPrompt("a cat", PromptOptions.DEFAULTS.withStyles(few));
  }

  private static void strengths(String text) {
    StrengthSchedule schedule = StrengthSchedule.parse(text);
    for (int step = 0; step < STEPS; step++) {
      requireFinite(schedule.at(step, STEPS, MOST_NOISE / (step + 1)));
    }
    requireFinite(schedule.peak());
    same(schedule.toString(), StrengthSchedule.parse(schedule.toString()).toString());
  }

  private static void blocks(String text) {
    BlockWeights weights = BlockWeights.parse(text);
    weights.values().forEach(TextTargets::requireFinite);
    same(weights.toString(), BlockWeights.parse(weights.toString()).toString());
  }

  private static void same(String expected, String actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("'" + expected + "' came back as '" + actual + "'");
    }
  }

  private static void requireFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new AssertionError("a strength of " + value);
    }
  }
}
