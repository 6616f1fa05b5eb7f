package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import dev.sdlora.request.setting.Option;
import dev.sdlora.request.setting.OwnSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OwnSettingsTest {
  /** A setting as JSON, which is also how it is written, and the value in a request. */
  private record Case(String field, Function<PromptSpec, Object> value, Object expected) {
    static Case of(String field, Function<PromptSpec, Object> value, Object expected) {
      return new Case(field, value, expected);
    }

    String name() {
      return field.substring(1, field.indexOf("':"));
    }

    @Override
    public String toString() {
      return field;
    }
  }

  static List<Case> cases() {
    return List.of(
        Case.of("'lora_mode': 'overlay'", s -> s.loraMode().orElseThrow().name(), "OVERLAY"),
        Case.of("'lenient': false", s -> s.lenient().orElseThrow(), false),
        Case.of("'add_trigger_words': true", PromptSpec::addTriggerWords, true),
        Case.of("'strict': true", s -> s.promptOptions().mode(), PromptMode.STRICT),
        Case.of("'exact_a1111': true", s -> s.promptOptions().negativeLoras(), false),
        Case.of("'t5_tokens': 256", s -> s.promptOptions().t5Tokens().getAsInt(), 256),
        Case.of("'empty_negative': 'encoded'", s -> s.promptOptions().emptyNegativeEncoded(), true),
        Case.of("'distilled_cfg_scale': 2.5", s -> s.distilledGuidance().getAsDouble(), 2.5),
        Case.of("'cfg_rescale': 0.7", s -> s.samplerOptions().cfgRescale(), 0.7),
        Case.of("'cfg_normalization': 1.5", s -> s.samplerOptions().cfgNormalization(), 1.5),
        Case.of("'skip_layers': [7,8,9]", s -> s.samplerOptions().skipLayers(), List.of(7, 8, 9)),
        Case.of("'skip_layer_scale': 3.5", s -> s.samplerOptions().skipLayerScale(), 3.5),
        Case.of("'skip_layer_start': 0.05", s -> s.samplerOptions().skipLayerStart(), 0.05),
        Case.of("'skip_layer_end': 0.5", s -> s.samplerOptions().skipLayerEnd(), 0.5),
        Case.of("'shift': 3.5", s -> s.samplerOptions().shift().getAsDouble(), 3.5),
        Case.of("'order': 2", s -> s.samplerOptions().order().getAsInt(), 2),
        Case.of(
            "'end_at_sigma_min': true",
            s -> s.samplerOptions().endAtSigmaMin().orElseThrow(),
            true),
        Case.of(
            "'guidance_range': [0.1,0.8]",
            s -> s.speedOptions().guidanceRange(),
            GuidanceRange.ofSteps(0.1, 0.8)),
        Case.of(
            "'guidance_sigmas': [0.28,5.42]",
            s -> s.speedOptions().guidanceRange(),
            GuidanceRange.ofSigmas(0.28, 5.42)),
        Case.of("'cache_interval': 3", s -> s.speedOptions().cacheInterval(), 3),
        Case.of("'cache_branch_id': 1", s -> s.speedOptions().cacheBranchId(), 1),
        Case.of(
            "'token_merging_max_downsample': 2",
            s -> s.speedOptions().tokenMergingMaxDownsample(),
            2),
        Case.of("'exact_batches': false", s -> s.speedOptions().exactBatches(), false),
        Case.of("'images_at_once': 4", s -> s.speedOptions().batchSize().getAsInt(), 4),
        Case.of(
            "'original_size': '1024x768'",
            s -> s.sizeConditioning().originalSize().orElseThrow(),
            new PixelSize(1024, 768)),
        Case.of(
            "'target_size': '640x1536'",
            s -> s.sizeConditioning().targetSize().orElseThrow(),
            new PixelSize(640, 1536)),
        Case.of("'vae_tiling': 'on'", PromptSpec::vaeTiling, VaeTiling.ON),
        Case.of("'image_cfg_scale': 2.5", PromptSpec::imageCfgScale, 2.5),
        Case.of("'s_churn': 0.5", s -> s.samplerOptions().sChurn(), 0.5),
        Case.of("'s_tmin': 0.25", s -> s.samplerOptions().sTmin(), 0.25),
        Case.of("'s_noise': 1.25", s -> s.samplerOptions().sNoise(), 1.25));
  }

  private static Fields fields(String json) {
    return Fields.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static PromptSpec read(String json, Dialect dialect) {
    return new DrawingReader(DrawingWriterTest.CONTEXT).read(fields(json), dialect, Overrides.NONE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void setting_given_isSet_andWrittenAsItWas(Case setting) {
    Fields given = fields("{" + setting.field + "}");
    PromptSpec spec =
        new DrawingReader(DrawingWriterTest.CONTEXT).read(given, Dialect.A1111, Overrides.NONE);
    assertThat(setting.value.apply(spec)).isEqualTo(setting.expected);
    assertThat(given.warnings()).isEmpty();
    ObjectNode written = new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec);
    assertThat(written.get(setting.name())).isEqualTo(given.node().get(setting.name()));
    assertThat(read(Fields.text(written), Dialect.LIBRARY)).isEqualTo(spec);
  }

  @Test
  void cases_coverSettingsWithoutARow() {
    // SettingFieldsTest has those with a row.
    assertThat(cases())
        .extracting(Case::name)
        .containsAll(
            OwnSettings.ALL.stream()
                .map(Option::name)
                .filter(name -> FieldSchemas.of(name).isEmpty())
                .toList());
  }

  @Test
  void settingsLeftOut_areNotWritten() {
    PromptSpec spec = read("{}", Dialect.LIBRARY);
    List<String> written =
        Fields.of(new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec)).names();
    assertThat(OwnSettings.ALL).extracting(Option::name).doesNotContainAnyElementsOf(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'cfg_rescale': 1.5 | field 'cfg_rescale' must be from 0 to 1: 1.5",
        "'order': 9 | field 'order' must be from 1 to 4: 9",
        "'cache_interval': 'x' | field 'cache_interval' must be a number: \"x\"",
        "'original_size': '1024' | field 'original_size'",
        "'empty_negative': 'some' | empty_negative 'some' is unknown; known values: zeros, encoded",
        "'vae_tiling': 'some' | vae_tiling 'some' is unknown; known values: auto, on, off",
        "'guidance_range': [0.8, 0.1] | field 'guidance_range' must be from 0 to its end: 0.8",
        "'guidance_range': [0.8] | field 'guidance_range' must be a list of two numbers: [0.8]",
        "'guidance_sigmas': '1,x' | field 'guidance_sigmas' must be a list of two numbers: \"1,x\"",
        "'few_steps': 'lighting:4' | did you mean",
        "'few_steps': 'lightning:99' | Lightning is made for 2 to 8 steps: 99",
        "'tiling': 'z' | field 'tiling' must be true or false",
        "'seed_resize_from_w': 999992, 'seed_resize_from_h': 999992 | field 'seed_resize_from_w'"
            + " must have at most 67108864 pixels, such as 8192x8192: 999992x999992",
        "'region_blur': 999 | field 'region_blur' must be from 0 to 256: 999"
      },
      quoteCharacter = '`')
  void setting_thatIsWrong_isRefusedWithItsField(String json, String message) {
    assertThatThrownBy(() -> read("{" + json.strip() + "}", Dialect.A1111))
        .isInstanceOf(FieldException.class)
        .hasMessageContaining(message.strip());
  }

  @Test
  void guidanceSigmas_withoutUpperLimit_isReadAndWritten() {
    PromptSpec spec = read("{'guidance_sigmas': [0.5, null]}", Dialect.LIBRARY);
    assertThat(spec.speedOptions().guidanceRange())
        .isEqualTo(GuidanceRange.ofSigmas(0.5, Double.POSITIVE_INFINITY));
    ObjectNode written = new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec);
    assertThat(read(Fields.text(written), Dialect.LIBRARY)).isEqualTo(spec);
    assertThat(read("{'guidance_sigmas': '0.5, 9'}", Dialect.LIBRARY).speedOptions())
        .isEqualTo(SpeedOptions.builder().guidanceRange(GuidanceRange.ofSigmas(0.5, 9)).build());
  }

  @Test
  void fewSteps_replaceTheDefaultsOfA1111_butNotOtherFields() {
    PromptSpec spec = read("{'few_steps': 'lightning:4', 'cfg_scale': 1.5}", Dialect.A1111);
    PromptSpec expected = PromptSpec.builder().fewSteps(FewSteps.LIGHTNING, 4).build();
    assertThat(spec.steps()).isEqualTo(4);
    assertThat(spec.sampler()).isEqualTo(expected.sampler()).isEqualTo(Sampler.EULER);
    assertThat(spec.schedule()).isEqualTo(Schedule.TRAILING);
    assertThat(spec.cfgScale()).isEqualTo(1.5);
    assertThat(read("{'few_steps': 'lcm', 'steps': 6}", Dialect.A1111).steps()).isEqualTo(6);
    assertThat(read("{'few_steps': 'pcm'}", Dialect.A1111).samplerOptions().endAtSigmaMin())
        .contains(true);
  }

  @Test
  void regionBlur_actsOnEveryMask() {
    PromptSpec spec = read("{'masks': {'left': '0,0,.5,1'}, 'region_blur': 32}", Dialect.LIBRARY);
    assertThat(spec.masks())
        .containsOnly(Map.entry("left", RegionMask.rectangle(0, 0, .5, 1).withBlur(32)));
  }

  /** Returns changes of settings that A1111 does not have. */
  static Arbitrary<UnaryOperator<PromptSpec.Builder>> own() {
    Arbitrary<Double> shares = Arbitraries.doubles().between(0, 1);
    return Combinators.combine(
            shares,
            shares,
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(VaeTiling.class),
            Arbitraries.of(true, false))
        .as(
            (low, high, few, tiling, some) ->
                spec ->
                    spec.vaeTiling(tiling)
                        .promptOptions(
                            spec.build()
                                .promptOptions()
                                .withMode(some ? PromptMode.STRICT : PromptMode.A1111)
                                .withNegativeLoras(some)
                                .withEmptyNegativeEncoded(some)
                                .withT5Tokens(few * 64))
                        .samplerOptions(
                            spec.samplerOptions().toBuilder()
                                .cfgRescale(low)
                                .cfgNormalization(high * 100)
                                .order(few)
                                .endAtSigmaMin(some)
                                .build())
                        .speedOptions(speed(low, high, few, some))
                        .sizeConditioning(
                            spec.build()
                                .sizeConditioning()
                                .withOriginalSize(few * 100, few)
                                .withTargetSize(few, few * 100)));
  }

  private static SpeedOptions speed(double low, double high, int few, boolean some) {
    double least = Math.min(low, high);
    double most = Math.max(low, high);
    return SpeedOptions.builder()
        .guidanceRange(
            new GuidanceRange(least, most, 10 * least, some ? Double.POSITIVE_INFINITY : 10 * most))
        .cacheInterval(few)
        .cacheBranchId(few)
        .tokenMergingMaxDownsample(1 << (few - 1))
        .exactBatches(some)
        .batchSize(few)
        .build();
  }
}
