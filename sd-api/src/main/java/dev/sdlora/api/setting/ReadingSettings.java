package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Door.PROPERTY;
import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.TEXT;
import static dev.sdlora.api.setting.Values.boxed;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.Style;
import dev.sdlora.api.setting.Group.Copy;
import java.nio.file.Path;
import java.util.List;

/** The settings of {@link PromptOptions}. */
final class ReadingSettings {
  private static final Kind<Integer> COUNT = Kind.whole(0, Integer.MAX_VALUE);
  private static final Kind<Integer> AT_LEAST_ONE = Kind.whole(1, Integer.MAX_VALUE);

  static final Group<Style, Copy<Style>> STYLE =
      Group.ofCopies(
              Style.class,
              required ->
                  new Style(
                      required.get(String.class, "name"),
                      required.get(String.class, "prompt"),
                      required.get(String.class, "negativePrompt")))
          .allIn(COMMAND_LINE, "--style")
          .required("name", TEXT, "Name of the style.", Style::name)
          .required("prompt", TEXT, "Text merged into the prompt.", Style::prompt)
          .required(
              "negativePrompt",
              TEXT,
              "Text merged into the negative prompt.",
              Style::negativePrompt)
          .allWithout(INFOTEXT, "the prompts contain them")
          .group();

  static final Group<PromptLimits, Copy<PromptLimits>> LIMITS =
      Group.ofCopies(PromptLimits.class, required -> PromptLimits.DEFAULTS)
          .with(
              "characters",
              COUNT,
              "Most characters of a prompt.",
              PromptLimits::characters,
              (copy, most) -> copy.change(limits -> limits.withCharacters(most)))
          .with(
              "parts",
              AT_LEAST_ONE,
              "Most subprompts joined by AND.",
              PromptLimits::parts,
              (copy, most) -> copy.change(limits -> limits.withParts(most)))
          .with(
              "loras",
              COUNT,
              "Most LoRA tags.",
              PromptLimits::loras,
              (copy, most) -> copy.change(limits -> limits.withLoras(most)))
          .with(
              "texts",
              COUNT,
              "Most texts over the steps.",
              PromptLimits::texts,
              (copy, most) -> copy.change(limits -> limits.withTexts(most)))
          .with(
              "chunks",
              AT_LEAST_ONE,
              "Most chunks of 75 tokens.",
              PromptLimits::chunks,
              (copy, most) -> copy.change(limits -> limits.withChunks(most)))
          .allWithout(COMMAND_LINE, "the limits protect servers")
          .allWithout(INFOTEXT, "the limits protect servers")
          .group();

  static final Group<DynamicPrompts, Copy<DynamicPrompts>> DYNAMIC =
      Group.ofCopies(DynamicPrompts.class, required -> new DynamicPrompts(List.<Path>of()))
          .with(
              "wildcardDirectories",
              Kind.list(Kind.file()),
              "Folders with text files for __wildcards__, one value per line.",
              DynamicPrompts::wildcardDirectories,
              (copy, folders) -> copy.change(prompts -> new DynamicPrompts(folders)))
          .named(COMMAND_LINE, "--wildcard-dir")
          .allWithout(INFOTEXT, "the prompt is what they expand to")
          .group();

  static final Group<PromptOptions, Copy<PromptOptions>> PROMPT =
      Group.ofCopies(PromptOptions.class, required -> PromptOptions.DEFAULTS)
          .with(
              "mode",
              Kind.constant(PromptMode.class),
              "Handling of malformed prompts: a1111 reads them as A1111 does, strict rejects them.",
              PromptOptions::mode,
              (copy, mode) -> copy.change(options -> options.withMode(mode)))
          .without(INFOTEXT, "valid prompts mean the same in each mode")
          .named(COMMAND_LINE, "--strict")
          .named(JSON, "strict")
          .named(PROPERTY, "prompt-mode")
          .with(
              "emphasis",
              Kind.choice(List.of(Emphasis.values()), Emphasis::label, Emphasis::parse),
              "Emphasis mode: the effect of weights in prompts.",
              PromptOptions::emphasis,
              (copy, emphasis) -> copy.change(options -> options.withEmphasis(emphasis)))
          .with(
              "styles",
              Kind.list(Kind.object(STYLE)),
              "Styles merged into the prompts.",
              PromptOptions::styles,
              (copy, styles) -> copy.change(options -> options.withStyles(styles)))
          .without(INFOTEXT, "the prompts contain them")
          .without(PROPERTY, "style")
          .named(COMMAND_LINE, "--style")
          .with(
              "negativeLoras",
              FLAG,
              "Apply LoRA tags in the negative prompt; A1111 treats them as text.",
              PromptOptions::negativeLoras,
              (copy, apply) -> copy.change(options -> options.withNegativeLoras(apply)))
          .named(INFOTEXT, "Negative prompt LoRAs")
          .named(COMMAND_LINE, "--exact-a1111")
          .described(COMMAND_LINE, "Treat LoRA tags in the negative prompt as text, as A1111 does.")
          .named(JSON, "exact_a1111")
          .with(
              "commaBacktracking",
              Kind.whole(0, 74),
              "Tokens to look back for a comma at the end of a chunk.",
              PromptOptions::commaBacktracking,
              (copy, tokens) -> copy.change(options -> options.withCommaBacktracking(tokens)))
          .named(JSON, "comma_padding_backtrack")
          .with(
              "padConds",
              FLAG,
              "Pad the shorter of prompt and negative prompt, so that both run in one batch.",
              PromptOptions::padConds,
              (copy, pad) -> copy.change(options -> options.withPadConds(pad)))
          .named(JSON, "pad_cond_uncond")
          .with(
              "oldEditingTimelines",
              FLAG,
              "Interpret numbers in [from:to:when] as A1111 did before 1.6.",
              PromptOptions::oldEditingTimelines,
              (copy, old) -> copy.change(options -> options.withOldEditingTimelines(old)))
          .named(INFOTEXT, "Old prompt editing timelines")
          .named(COMMAND_LINE, "--old-editing")
          .named(JSON, "use_old_scheduling")
          .with(
              "emptyNegativeEncoded",
              FLAG,
              "SDXL: encode an empty negative prompt, as ComfyUI does, instead of using zeros.",
              PromptOptions::emptyNegativeEncoded,
              (copy, encoded) -> copy.change(options -> options.withEmptyNegativeEncoded(encoded)))
          .named(INFOTEXT, "Empty negative")
          .named(COMMAND_LINE, "--empty-negative")
          .named(JSON, "empty_negative")
          .with(
              "clipSkipOnSdxl",
              FLAG,
              "Apply CLIP skip to the smaller text encoder of SDXL too.",
              PromptOptions::clipSkipOnSdxl,
              (copy, apply) -> copy.change(options -> options.withClipSkipOnSdxl(apply)))
          .named(INFOTEXT, "Clip skip SDXL")
          .named(COMMAND_LINE, "--clip-skip-sdxl")
          .named(JSON, "sdxl_clip_l_skip")
          .optional(
              "t5Tokens",
              Kind.whole(1, 512),
              "Tokens to which the text encoder T5 of FLUX.1 and Stable Diffusion 3 pads a prompt;"
                  + " Forge and ComfyUI pad to 256 for FLUX.1.",
              options -> boxed(options.t5Tokens()),
              (copy, tokens) -> copy.change(options -> options.withT5Tokens(tokens)))
          .named(INFOTEXT, "T5 tokens")
          .without(INFOTEXT, "the key has the number that the model read")
          .unset("512 for FLUX.1 [dev], 256 for FLUX.1 [schnell], 77 for Stable Diffusion 3")
          .with(
              "limits",
              Kind.object(LIMITS),
              "Limits on the prompts.",
              PromptOptions::limits,
              (copy, limits) -> copy.change(options -> options.withLimits(limits)))
          .without(INFOTEXT, "the limits protect servers")
          .without(JSON, "the server has limits of its own")
          .without(COMMAND_LINE, "the limits protect servers")
          .named(PROPERTY, "prompt-limit")
          .optional(
              "dynamicPrompts",
              Kind.object(DYNAMIC),
              "Expand dynamic prompts for each image: {red|blue}, {2$$a|b|c}, __wildcard__.",
              PromptOptions::dynamicPrompts,
              (copy, dynamic) -> copy.change(options -> options.withDynamicPrompts(dynamic)))
          .without(INFOTEXT, "the prompt is what they expand to")
          .without(JSON, "a request is one prompt; a grid has several")
          .without(PROPERTY, "a flag")
          .named(COMMAND_LINE, "--dynamic")
          .group();

  private ReadingSettings() {}
}
