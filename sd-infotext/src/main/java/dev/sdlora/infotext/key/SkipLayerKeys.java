package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.setting;

import dev.sdlora.api.sampling.SamplerOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys of skip-layer guidance, which are written if a request has it. stable-diffusion.cpp has
 * the same names for the layers, the start and the end; what it writes as {@code SLG scale} is the
 * CFG scale.
 */
final class SkipLayerKeys {
  private static final Pattern BRACKETS = Pattern.compile("^\\[|,?\\s*]$");

  static final List<InfotextKey> ALL =
      List.of(
          setting(
              "Skip layers",
              written(
                  options ->
                      options.skipLayers().stream()
                          .map(String::valueOf)
                          .collect(Collectors.joining(", "))),
              (draft, value) -> draft.sampler.skipLayers(layers(value))),
          number(
              "Skip layer scale",
              SamplerOptions::skipLayerScale,
              (draft, value) -> draft.sampler.skipLayerScale(value)),
          number(
              "Skip layer start",
              SamplerOptions::skipLayerStart,
              (draft, value) -> draft.sampler.skipLayerStart(value)),
          number(
              "Skip layer end",
              SamplerOptions::skipLayerEnd,
              (draft, value) -> draft.sampler.skipLayerEnd(value)));

  private SkipLayerKeys() {}

  private static InfotextKey number(
      String name,
      Function<SamplerOptions, Double> value,
      BiConsumer<InfotextDraft, Double> reader) {
    return setting(
        name,
        written(options -> InfotextValues.number(value.apply(options))),
        (draft, text) -> reader.accept(draft, InfotextValues.decimal(text)));
  }

  private static Function<ImageSettings, Optional<String>> written(
      Function<SamplerOptions, String> value) {
    return settings ->
        Optional.of(settings.spec().samplerOptions())
            .filter(options -> !options.skipLayers().isEmpty())
            .map(value);
  }

  /** Parses {@code 7, 8, 9} or stable-diffusion.cpp's {@code [7, 8, 9, ]}. */
  private static List<Integer> layers(String value) {
    return Arrays.stream(BRACKETS.matcher(value).replaceAll("").split(",", -1))
        .map(String::strip)
        .map(InfotextValues::integer)
        .toList();
  }
}
