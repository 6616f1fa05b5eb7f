package dev.sdlora.spring;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Schedule;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of an image request, named and described as in {@link SdLoraProperties}; null means
 * not set.
 */
record ImageProperties(
    @Nullable Integer n,
    @Nullable String model,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable String responseFormat,
    @Nullable String style,
    @Nullable String outputFormat,
    @Nullable String negativePrompt,
    @Nullable Map<String, Double> loras,
    @Nullable LoraMode loraMode,
    @Nullable Boolean lenient,
    @Nullable Boolean triggerWords,
    @Nullable Integer steps,
    @Nullable String sampler,
    @Nullable Schedule schedule,
    @Nullable Double cfgScale,
    @Nullable FewSteps fewSteps,
    @Nullable Long seed,
    @Nullable Rng rng,
    @Nullable Long variationSeed,
    @Nullable Double variationStrength,
    @Nullable Integer clipSkip,
    @Nullable Double eta,
    @Nullable Double shift,
    @Nullable List<Integer> skipLayers,
    @Nullable Double skipLayerScale,
    @Nullable Double skipLayerStart,
    @Nullable Double skipLayerEnd,
    @Nullable Emphasis emphasis,
    @Nullable PromptMode promptMode,
    @Nullable Boolean dynamicPrompts,
    @Nullable Integer t5Tokens,
    @Nullable Tiling tiling,
    @Nullable Double denoisingStrength,
    @Nullable ResizeMode resizeMode,
    @Nullable Integer maskBlur,
    @Nullable MaskedContent maskedContent,
    @Nullable Boolean invertMask,
    @Nullable Boolean onlyMasked,
    @Nullable Integer maskPadding,
    @Nullable Double distilledGuidance,
    @Nullable Double imageCfgScale,
    @Nullable Double hiresScale,
    @Nullable String hiresUpscaler,
    @Nullable Integer hiresSteps,
    @Nullable Double hiresDenoisingStrength,
    @Nullable Double hiresDistilledGuidance,
    @Nullable Double refinerSwitch,
    @Nullable Double upscale,
    @Nullable String upscaler,
    @Nullable FinalDecoder finalDecoder,
    @Nullable VaeTiling vaeTiling,
    @Nullable Integer cacheInterval,
    @Nullable Double tokenMergingRatio,
    @Nullable Integer batchSize) {
  private static final RecordComponent[] COMPONENTS = ImageProperties.class.getRecordComponents();
  private static final Set<String> NAMES =
      Stream.of(COMPONENTS).map(RecordComponent::getName).collect(Collectors.toSet());

  /** Returns settings with the given values; names that are missing are not set. */
  static ImageProperties of(Map<String, Object> given) {
    Class<?>[] types = Stream.of(COMPONENTS).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = Stream.of(COMPONENTS).map(part -> given.get(part.getName())).toArray();
    try {
      return ImageProperties.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the settings that are set, by name. */
  Map<String, Object> given() {
    return given(this);
  }

  /** Returns the components of a record that are settings of a request and set, by name. */
  static Map<String, Object> given(Record record) {
    Map<String, Object> given = new LinkedHashMap<>();
    for (RecordComponent part : record.getClass().getRecordComponents()) {
      if (NAMES.contains(part.getName())) {
        try {
          Object value = part.getAccessor().invoke(record);
          if (value != null) {
            given.put(part.getName(), value);
          }
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return given;
  }
}
