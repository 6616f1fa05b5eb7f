package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The settings of a request that A1111 does not have: one entry each, named as in the options of
 * the command line. A setting with its default is not written.
 */
final class OwnSettings {
  /** The default of a setting that is left to the model or the pipeline. */
  private static final JsonNode OPEN = NullNode.instance;

  private static final PromptSpec USUAL = PromptSpec.builder().build();

  static final List<Option<OptionDraft>> ALL =
      List.of(
          choice(
              "lora_mode",
              LoraMode.class,
              (draft, mode) -> draft.spec.loraMode(mode),
              PromptSpec::loraMode),
          flag("lenient", (draft, is) -> draft.spec.lenient(is), PromptSpec::lenient),
          flag(
              "add_trigger_words",
              (draft, is) -> draft.spec.addTriggerWords(is),
              PromptSpec::addTriggerWords),
          flag(
              "strict",
              (draft, is) ->
                  draft.prompts = draft.prompts.withMode(is ? PromptMode.STRICT : PromptMode.A1111),
              spec -> spec.promptOptions().mode() == PromptMode.STRICT),
          flag(
              "exact_a1111",
              (draft, is) -> draft.prompts = draft.prompts.withNegativeLoras(!is),
              spec -> !spec.promptOptions().negativeLoras()),
          whole(
              "t5_tokens",
              (draft, tokens) -> draft.prompts = draft.prompts.withT5Tokens(tokens),
              spec -> spec.promptOptions().t5Tokens()),
          choice(
              "empty_negative",
              EmptyNegative.class,
              (draft, value) ->
                  draft.prompts =
                      draft.prompts.withEmptyNegativeEncoded(value == EmptyNegative.ENCODED),
              spec ->
                  spec.promptOptions().emptyNegativeEncoded()
                      ? EmptyNegative.ENCODED
                      : EmptyNegative.ZEROS),
          number(
              "distilled_cfg_scale",
              (draft, scale) -> draft.spec.distilledGuidance(scale),
              PromptSpec::distilledGuidance),
          number(
              "cfg_rescale",
              (draft, share) -> draft.sampler.cfgRescale(share),
              spec -> spec.samplerOptions().cfgRescale()),
          number(
              "cfg_normalization",
              (draft, most) -> draft.sampler.cfgNormalization(most),
              spec -> spec.samplerOptions().cfgNormalization()),
          setting(
              "skip_layers",
              (draft, f) -> f.ifWholes("skip_layers", draft.sampler::skipLayers),
              spec ->
                  Fields.array()
                      .addAll(
                          spec.samplerOptions().skipLayers().stream()
                              .map(IntNode::valueOf)
                              .toList())),
          number(
              "skip_layer_scale",
              (draft, scale) -> draft.sampler.skipLayerScale(scale),
              spec -> spec.samplerOptions().skipLayerScale()),
          number(
              "skip_layer_start",
              (draft, share) -> draft.sampler.skipLayerStart(share),
              spec -> spec.samplerOptions().skipLayerStart()),
          number(
              "skip_layer_end",
              (draft, share) -> draft.sampler.skipLayerEnd(share),
              spec -> spec.samplerOptions().skipLayerEnd()),
          number(
              "shift",
              (draft, shift) -> draft.sampler.shift(shift),
              spec -> spec.samplerOptions().shift()),
          whole(
              "order",
              (draft, order) -> draft.sampler.order(order),
              spec -> spec.samplerOptions().order()),
          flag(
              "end_at_sigma_min",
              (draft, is) -> draft.sampler.endAtSigmaMin(is),
              spec -> spec.samplerOptions().endAtSigmaMin()),
          setting(
              "guidance_range",
              (draft, f) -> draft.guidanceSteps(f.pair("guidance_range")),
              spec ->
                  pair(
                      spec.speedOptions().guidanceRange().start(),
                      spec.speedOptions().guidanceRange().end())),
          setting(
              "guidance_sigmas",
              (draft, f) -> draft.guidanceSigmas(f.pair("guidance_sigmas")),
              OwnSettings::guidanceSigmas),
          whole(
              "cache_interval",
              (draft, calls) -> draft.speed.cacheInterval(calls),
              spec -> spec.speedOptions().cacheInterval()),
          whole(
              "cache_branch_id",
              (draft, branch) -> draft.speed.cacheBranchId(branch),
              spec -> spec.speedOptions().cacheBranchId()),
          whole(
              "token_merging_max_downsample",
              (draft, factor) -> draft.speed.tokenMergingMaxDownsample(factor),
              spec -> spec.speedOptions().tokenMergingMaxDownsample()),
          flag(
              "exact_batches",
              (draft, is) -> draft.speed.exactBatches(is),
              spec -> spec.speedOptions().exactBatches()),
          whole(
              "images_at_once",
              (draft, images) -> draft.speed.batchSize(images),
              spec -> spec.speedOptions().batchSize()),
          size(
              "original_size",
              OptionDraft::originalSize,
              spec -> spec.sizeConditioning().originalSize()),
          size(
              "target_size", OptionDraft::targetSize, spec -> spec.sizeConditioning().targetSize()),
          choice(
              "vae_tiling",
              VaeTiling.class,
              (draft, tiling) -> draft.spec.vaeTiling(tiling),
              PromptSpec::vaeTiling));

  /** The values of "empty_negative". */
  private enum EmptyNegative {
    ZEROS,
    ENCODED
  }

  private OwnSettings() {}

  static void read(Fields fields, PromptSpec.Builder spec) {
    OptionDraft draft = new OptionDraft(spec);
    ALL.forEach(setting -> setting.apply(draft, fields));
    draft.finish();
  }

  static void write(PromptSpec spec, ObjectNode fields) {
    ALL.forEach(
        setting -> setting.written(spec).ifPresent(value -> fields.set(setting.name(), value)));
  }

  private static Option<OptionDraft> flag(
      String name, BiConsumer<OptionDraft, Boolean> setter, Function<PromptSpec, Object> value) {
    return setting(name, (draft, f) -> setter.accept(draft, f.flag(name, false)), value);
  }

  private static Option<OptionDraft> number(
      String name, BiConsumer<OptionDraft, Double> setter, Function<PromptSpec, Object> value) {
    return setting(
        name, (draft, f) -> f.ifNumber(name, number -> setter.accept(draft, number)), value);
  }

  private static Option<OptionDraft> whole(
      String name, BiConsumer<OptionDraft, Integer> setter, Function<PromptSpec, Object> value) {
    return setting(
        name, (draft, f) -> f.ifWhole(name, number -> setter.accept(draft, number)), value);
  }

  private static Option<OptionDraft> size(
      String name,
      BiConsumer<OptionDraft, PixelSize> setter,
      Function<PromptSpec, Optional<PixelSize>> value) {
    return setting(
        name,
        (draft, f) -> f.ifName(name, text -> setter.accept(draft, PixelSize.parse(text))),
        spec -> value.apply(spec).map(size -> size.width() + "x" + size.height()));
  }

  private static <E extends Enum<E>> Option<OptionDraft> choice(
      String name,
      Class<E> type,
      BiConsumer<OptionDraft, E> setter,
      Function<PromptSpec, Object> value) {
    return setting(
        name,
        (draft, f) ->
            f.ifName(
                name,
                text ->
                    setter.accept(
                        draft,
                        Labels.parse(type.getEnumConstants(), OwnSettings::label, name, text))),
        spec -> present(value.apply(spec)).map(OwnSettings::label));
  }

  private static String label(Object value) {
    return value.toString().toLowerCase(Locale.ROOT);
  }

  /**
   * Creates a setting; its default is its value in a request without settings.
   *
   * @param value returns the value of a request, which may be optional
   */
  private static Option<OptionDraft> setting(
      String name, BiConsumer<OptionDraft, Fields> setter, Function<PromptSpec, Object> value) {
    Object usual = present(value.apply(USUAL)).map(Object.class::cast).orElse(OPEN);
    return Option.of(name, usual, setter).writingIf(spec -> present(value.apply(spec)));
  }

  /** Returns a value that may be optional. */
  private static Optional<?> present(Object value) {
    if (value instanceof OptionalInt number) {
      return number.stream().boxed().findFirst();
    }
    if (value instanceof OptionalDouble number) {
      return number.stream().boxed().findFirst();
    }
    return value instanceof Optional<?> optional ? optional : Optional.of(value);
  }

  /** Returns the limits unless there are none or "s_min_uncond" expresses them. */
  private static Optional<JsonNode> guidanceSigmas(PromptSpec spec) {
    GuidanceRange range = spec.speedOptions().guidanceRange();
    boolean limited = range.sigmaMax() != Double.POSITIVE_INFINITY;
    if (!limited && (range.sigmaMin() == 0 || OptionDraft.skipsUncondInAllSteps(spec))) {
      return Optional.empty();
    }
    return Optional.of(
        limited
            ? pair(range.sigmaMin(), range.sigmaMax())
            : Fields.array().add(range.sigmaMin()).addNull());
  }

  private static ArrayNode pair(double lower, double upper) {
    return Fields.array().add(lower).add(upper);
  }
}
