package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.TinyPipeline;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the intended and the forbidden effects of speed options on images. */
@Timeout(600)
@Tag("slow")
class SpeedOptionsImagesTest {
  private static final PromptSpec SPEC =
      TinyPipeline.SPEC.toBuilder().sampler(Sampler.EULER).steps(6).build();
  private static final SpeedOptions HALF = guided(GuidanceRange.ofSteps(0.2, 0.7));
  private static final SpeedOptions CACHED = SpeedOptions.builder().cacheInterval(2).build();

  /** Images without options, for comparison in several tests. */
  private static final Map<Sampler, byte[]> PLAIN = new EnumMap<>(Sampler.class);

  private static TinyPipeline tiny;

  @BeforeAll
  static void open() {
    tiny = new TinyPipeline();
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private static SpeedOptions guided(GuidanceRange range) {
    return SpeedOptions.builder().guidanceRange(range).build();
  }

  private static byte[] rgb(PromptSpec.Builder spec) {
    return tiny.draw(spec.build()).rgb();
  }

  private static byte[] rgb(PromptSpec spec, SpeedOptions options) {
    return rgb(spec.toBuilder().speedOptions(options));
  }

  private static byte[] plain(Sampler sampler) {
    return PLAIN.computeIfAbsent(sampler, each -> rgb(SPEC.toBuilder().sampler(each)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampler.class,
      names = {"EULER_A", "DPMPP_2M", "HEUN", "DDIM", "DDIM_CFGPP", "RESTART", "DPM_ADAPTIVE"})
  void rangeOfAll_isOff_andAnEmptyOneIsScaleOne(Sampler sampler) {
    PromptSpec spec = SPEC.toBuilder().sampler(sampler).build();
    byte[] plain = plain(sampler);
    assertThat(rgb(spec, guided(new GuidanceRange(0, 1, 0.001, 1000)))).isEqualTo(plain);
    assertThat(rgb(spec, HALF)).isNotEqualTo(plain);
    if (sampler != Sampler.DDIM_CFGPP) { // it needs the negative side even at scale 1
      byte[] unguided = rgb(spec.toBuilder().cfgScale(1));
      assertThat(rgb(spec, guided(GuidanceRange.NONE))).isEqualTo(unguided);
      assertThat(rgb(spec, guided(GuidanceRange.ofSigmas(1000, 2000)))).isEqualTo(unguided);
    }
  }

  @Test
  void options_withCfgRescaleAndNegativePartsAndTexts_workTogether() {
    PromptSpec spec =
        SPEC.toBuilder()
            .prompt("a cat AND [a dog:a fox:4] :-0.5 <lora:tiny_lora:1@0,0@1>")
            .samplerOptions(
                SamplerOptions.builder().cfgRescale(0.5).skipUncondBelowSigma(0.4).build())
            .build();
    SpeedOptions both = HALF.toBuilder().cacheInterval(2).build();
    assertThat(rgb(spec, both)).isEqualTo(rgb(spec, both)).isNotEqualTo(rgb(spec, HALF));
    assertThat(rgb(spec, SpeedOptions.DEFAULTS)).isEqualTo(rgb(spec.toBuilder()));
  }

  /** The second pass restarts its step count. */
  @Test
  void options_withHiresFix_actInBothPasses() {
    HiresFix hires = HiresFix.builder().scale(1.5).steps(4).build();
    PromptSpec spec = SPEC.toBuilder().hiresFix(hires).build();
    PromptSpec unguided =
        spec.toBuilder().cfgScale(1).hiresFix(hires.toBuilder().cfgScale(1).build()).build();
    assertThat(rgb(spec, guided(GuidanceRange.NONE))).isEqualTo(rgb(unguided.toBuilder()));
    assertThat(rgb(spec, CACHED)).isNotEqualTo(rgb(spec.toBuilder()));
  }

  @Test
  void images_ofABatch_areThoseMadeAlone() {
    SpeedOptions both = HALF.toBuilder().cacheInterval(2).build();
    PromptSpec spec = SPEC.toBuilder().speedOptions(both).build();
    List<GeneratedImage> batch =
        tiny.pipeline().generate(spec.toBuilder().images(3).build()).images();
    for (int i = 0; i < 3; i++) {
      assertThat(batch.get(i).rgb()).isEqualTo(rgb(spec.toBuilder().seed(5 + i)));
    }
  }

  @Test
  void callersAtOnce_getWhatEachGetsAlone() {
    List<SpeedOptions> options =
        List.of(SpeedOptions.DEFAULTS, HALF, CACHED, guided(GuidanceRange.NONE));
    List<byte[]> alone = options.stream().map(each -> rgb(SPEC, each)).toList();
    List<CompletableFuture<byte[]>> together =
        IntStream.range(0, 8)
            .mapToObj(
                caller ->
                    CompletableFuture.supplyAsync(
                        () -> rgb(SPEC, options.get(caller % options.size()))))
            .toList();
    for (int caller = 0; caller < 8; caller++) {
      assertThat(together.get(caller).join()).isEqualTo(alone.get(caller % options.size()));
    }
  }

  @Test
  void failures_betweenCachedCalls_leaveNothingBehind() {
    tiny.assertFailuresLeaveNothing(SPEC.toBuilder().speedOptions(CACHED).build(), 5);
  }
}
