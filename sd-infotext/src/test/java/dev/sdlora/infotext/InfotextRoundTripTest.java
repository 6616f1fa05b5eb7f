package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

@Tag("slow")
final class InfotextRoundTripTest {

  @Property(tries = 1000)
  void parse_whatWriteWrote_isTheRequest(
      @ForAll("settings") ImageSettings settings,
      @ForAll("texts") String prompt,
      @ForAll("texts") String negativePrompt) {
    PromptSpec spec =
        settings.spec().toBuilder()
            .prompt(kept(prompt))
            .negativePrompt(kept(negativePrompt))
            .seed(settings.seed())
            .size(settings.size())
            .build();
    PromptSpec expected =
        spec.schedule() == Schedule.AUTOMATIC
                && spec.sampler().automaticSchedule() != Schedule.NORMAL
            ? spec.toBuilder().schedule(spec.sampler().automaticSchedule()).build()
            : spec;

    String text = Infotext.write(with(settings, spec));

    // Without the comparator, doubles may differ by 1e-15.
    assertThat(Infotext.parse(text))
        .usingRecursiveComparison()
        .withComparatorForType(Double::compare, Double.class)
        .ignoringFields("values.otherParameters")
        .isEqualTo(expected);
  }

  @Property(tries = 1000)
  void parse_promptThatA1111WouldNotKeep_losesOnlyWhiteSpace(
      @ForAll("settings") ImageSettings settings, @ForAll("texts") String prompt) {
    PromptSpec spec = PromptSpec.builder().prompt(prompt.replace("Negative", "N")).build();

    assertThat(Infotext.parse(Infotext.write(with(settings, spec))).prompt())
        .isEqualTo(kept(spec.prompt()));
  }

  @Property(tries = 500)
  void parse_lorasByObject_areTagsOfEqualStrengths(
      @ForAll("finite") double textEncoder, @ForAll("finite") double unet) {
    LoraAdapter lora =
        new LoraAdapter(Path.of("ink v2.safetensors"), ModelFamily.SD1, 1, 4, Map.of())
            .withStrength(LoraStrength.of(textEncoder, unet));
    PromptSpec spec = PromptSpec.builder().prompt("a cat").lora(lora).build();
    ImageSettings settings = new ImageSettings(spec, new ImageSize(8, 8), 0, Map.of());

    PromptSpec read = Infotext.parse(Infotext.write(settings));

    ExtraNetworks tags = ExtraNetworks.cut(read.prompt());
    assertThat(tags.text()).isEqualTo("a cat ");
    assertThat(tags.networks().stream().map(LoraTag::of))
        .containsExactly(
            Optional.of(
                new LoraTag("ink v2", LoraStrength.of(textEncoder, unet), Optional.empty(), 6)));
    assertThat(read.loras()).isEmpty();
  }

  @Property(tries = 1000)
  void parse_anyText_isARequest(@ForAll("texts") String text) {
    assertThat(Infotext.parse(text)).isNotNull();
  }

  /** Returns the part of a prompt that A1111's rules preserve, as documented in Infotext. */
  private static String kept(String prompt) {
    return Arrays.stream(prompt.split("\n", -1))
        .map(line -> line.strip().startsWith("Negative prompt:") ? "-" + line.strip() : line)
        .map(String::strip)
        .collect(Collectors.joining("\n"))
        .replaceFirst("^\n+", "");
  }

  private static ImageSettings with(ImageSettings settings, PromptSpec spec) {
    return new ImageSettings(spec, settings.size(), settings.seed(), settings.facts());
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> fragments =
        Arbitraries.of(
            "\n",
            "\r\n",
            " ",
            "\t",
            "\"",
            "\\",
            ", ",
            ": ",
            "<lora:ink:0.8>",
            "(cat:1.2)",
            "Negative prompt:",
            "Steps: 1, Sampler: Euler a, CFG scale: 3, Seed: x",
            "Size: 1x1",
            "Seed: ",
            "RNG: ",
            "CPU",
            "Model: \"a, b\", ",
            "Schedule type: Karras",
            "\ud83d\udc08",
            "猫");
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(5);
    return Arbitraries.oneOf(fragments, any)
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<ImageSettings> settings() {
    Arbitrary<Integer> sides = Arbitraries.integers().between(1, 512).map(eighths -> 8 * eighths);
    Arbitrary<Map<String, String>> hashes =
        Arbitraries.maps(texts(), Arbitraries.of("0123456789ab", "ba9876543210")).ofMaxSize(3);
    return Combinators.combine(
            specs(),
            Combinators.combine(sides, sides).as(ImageSize::new),
            Arbitraries.longs(),
            texts(),
            Arbitraries.of("6ce0161689").optional(),
            hashes,
            hashes,
            texts())
        .as(
            (spec, size, seed, model, modelHash, loras, embeddings, version) ->
                new ImageSettings(spec, size, seed, model, modelHash, loras, embeddings, version));
  }

  /** Excludes -0.0, which the text does not distinguish from 0. */
  @Provide
  Arbitrary<Double> finite() {
    return Arbitraries.doubles()
        .between(-Double.MAX_VALUE, Double.MAX_VALUE)
        .edgeCases(cases -> cases.add(0.0, 0.8, Double.MIN_VALUE, Double.MAX_VALUE))
        .map(x -> x + 0.0);
  }

  private Arbitrary<PromptSpec> specs() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 1000),
            Arbitraries.of(Sampler.class),
            Arbitraries.of(Schedule.class),
            finite(),
            Arbitraries.of(Rng.class),
            Arbitraries.integers().between(1, 12))
        .as(
            (steps, sampler, schedule, scale, rng, clipSkip) ->
                PromptSpec.builder()
                    .steps(steps)
                    .sampler(sampler)
                    .schedule(schedule)
                    .cfgScale(Math.abs(scale))
                    .rng(rng)
                    .clipSkip(clipSkip)
                    .build());
  }
}
