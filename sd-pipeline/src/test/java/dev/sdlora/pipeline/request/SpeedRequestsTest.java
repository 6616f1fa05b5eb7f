package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests that cache features between calls, or merge tokens. */
@Tag("slow")
class SpeedRequestsTest {
  private static final SpeedOptions CACHING = SpeedOptions.builder().cacheInterval(3).build();
  private static final SpeedOptions MERGING = SpeedOptions.builder().tokenMergingRatio(0.5).build();
  private static final SpeedOptions BOTH = CACHING.toBuilder().tokenMergingRatio(0.5).build();

  @TempDir private static Path folder;
  private TinyPipeline tiny;

  @BeforeEach
  void open() {
    tiny = new TinyPipeline();
  }

  @AfterEach
  void close() {
    tiny.close();
  }

  private byte[] draw(PromptSpec spec, SpeedOptions options) {
    return tiny.draw(spec.toBuilder().speedOptions(options).build()).rgb();
  }

  @Test
  void generate_off_isTheSameBytes() {
    byte[] plain = draw(TinyPipeline.SPEC, SpeedOptions.DEFAULTS);
    SpeedOptions off =
        SpeedOptions.builder()
            .cacheInterval(1)
            .cacheBranchId(99)
            .tokenMergingRatio(0)
            .tokenMergingMaxDownsample(8)
            .build();
    assertThat(draw(TinyPipeline.SPEC, off)).isEqualTo(plain);
    // One hundredth of 64 tokens rounds to none.
    SpeedOptions tooFew = SpeedOptions.builder().tokenMergingRatio(0.01).build();
    assertThat(draw(TinyPipeline.SPEC, tooFew)).isEqualTo(plain);
    assertThat(draw(TinyPipeline.SPEC, CACHING)).isNotEqualTo(plain);
    assertThat(draw(TinyPipeline.SPEC, MERGING)).isNotEqualTo(plain);
  }

  @Test
  void generate_everyBranch_isCloserThePictureTheFurtherInItLies() {
    PromptSpec spec = TinyPipeline.SPEC.toBuilder().steps(6).build();
    byte[] plain = draw(spec, SpeedOptions.DEFAULTS);
    List<byte[]> drawn = new ArrayList<>();
    for (int branch = 0; branch < 12; branch++) {
      drawn.add(draw(spec, CACHING.toBuilder().cacheBranchId(branch).build()));
    }
    assertThat(distance(drawn.get(11), plain)).isLessThan(distance(drawn.get(0), plain));
    assertThatThrownBy(() -> draw(spec, CACHING.toBuilder().cacheBranchId(12).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cacheBranchId is 12, but the branches of this model's U-Net are 0 to 11");
  }

  private static long distance(byte[] some, byte[] others) {
    long sum = 0;
    for (int i = 0; i < some.length; i++) {
      sum += Math.abs((some[i] & 0xff) - (others[i] & 0xff));
    }
    return sum;
  }

  @Test
  void generate_everyKindOfRequest_isTheSamePictureTwice() {
    PromptSpec spec = TinyPipeline.SPEC;
    ControlUnit unit =
        ControlUnit.builder(
                Fixtures.golden("control/tiny-control-sd1").path(), TinyPipeline.image(48, 40))
            .range(0, 0.5)
            .build();
    ControlUnit adapter =
        ControlUnit.builder(
                Fixtures.golden("control/tiny-t2iadapter-sd1").path(), TinyPipeline.image(48, 40))
            .build();
    String fading = "a cat<lora:tiny_lora:0.8@0,0@1>";
    List<PromptSpec> specs =
        List.of(
            spec.toBuilder().size(72, 64).build(),
            spec.toBuilder().size(88, 104).tiling(Tiling.BOTH).build(),
            spec.toBuilder().sampler(Sampler.HEUN).build(),
            spec.toBuilder().prompt("a cat AND a dog:0.5 AND [a fox|an owl]").build(),
            spec.toBuilder().controlUnit(unit).controlUnit(adapter).build(),
            spec.toBuilder().hiresFix(HiresFix.builder().scale(1.5).steps(3).build()).build(),
            spec.toBuilder().prompt(fading).loraMode(LoraMode.OVERLAY).build(),
            spec.toBuilder().prompt(fading).loraMode(LoraMode.PATCHED).build());
    for (PromptSpec each : specs) {
      byte[] first = draw(each, BOTH);
      assertThat(first).as(each.toString()).isNotEqualTo(draw(each, SpeedOptions.DEFAULTS));
      assertThat(draw(each, BOTH)).isEqualTo(first);
    }
  }

  @Test
  void generate_secondPictureOfABatch_isThatOfItsSeed() {
    PromptSpec two = TinyPipeline.SPEC.toBuilder().images(2).speedOptions(BOTH).build();
    long seed = TinyPipeline.SPEC.seed().orElseThrow();
    assertThat(tiny.pipeline().generate(two).images().get(1).rgb())
        .isEqualTo(draw(two.toBuilder().images(1).seed(seed + 1).build(), BOTH));
  }

  @Test
  void generate_failureOrCancelInAStep_leavesNothing() {
    tiny.assertFailuresLeaveNothing(TinyPipeline.SPEC.toBuilder().speedOptions(BOTH).build(), 3);
  }

  @Test
  void generate_eightCallers_eachHasItsOwnFeatures() {
    try (Pipeline pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .concurrency(4)
            .build()) {
      List<PromptSpec> specs = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        specs.add(TinyPipeline.SPEC.toBuilder().seed(seed).speedOptions(BOTH).build());
      }
      List<CompletableFuture<GenerationResult>> futures =
          specs.stream().map(pipeline::generateAsync).toList();
      for (int i = 0; i < 8; i++) {
        assertThat(futures.get(i).join().first().rgb()).isEqualTo(draw(specs.get(i), BOTH));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd2", "sdxl", "ssd", "sdxl-inpaint"})
  void generate_everyFamily_drawsTheSamePictureTwice(String set) {
    try (Pipeline pipeline = family(set).build()) {
      PromptSpec.Builder spec = PromptSpec.builder().prompt("a cat").steps(4).seed(7);
      byte[] plain = pipeline.generate(spec.build()).first().rgb();
      spec.speedOptions(CACHING);
      byte[] cached = pipeline.generate(spec.build()).first().rgb();
      assertThat(cached).isNotEqualTo(plain);
      assertThat(pipeline.generate(spec.build()).first().rgb()).isEqualTo(cached);
      GenerationResult merged = pipeline.generate(spec.speedOptions(MERGING).build());
      boolean xl = !set.equals("sd2");
      if (xl) {
        assertThat(merged.first().rgb()).isEqualTo(plain);
        assertThat(merged.warnings())
            .contains(
                "tokenMergingRatio has no effect, because this model has no attention at"
                    + " tokenMergingMaxDownsample 1; use a larger value");
      }
      SpeedOptions deeper = MERGING.toBuilder().tokenMergingMaxDownsample(2).build();
      merged = pipeline.generate(spec.speedOptions(deeper).build());
      assertThat(merged.first().rgb()).isNotEqualTo(plain);
      assertThat(merged.warnings()).isEmpty();
    }
  }

  @Test
  void generate_refiner_keepsFeaturesOfItsOwn() {
    Path refiner = folder.resolve("refiner-whole.safetensors");
    FamilyFiles.withWholeVocabulary(TinyFamilies.refiner(), refiner);
    try (Pipeline pipeline = family("sdxl").refiner(refiner).build()) {
      int arrays = pipeline.liveTensors();
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a cat")
              .steps(5)
              .seed(7)
              .refinerSwitch(0.5)
              .speedOptions(CACHING)
              .build();
      byte[] first = pipeline.generate(spec).first().rgb();
      assertThat(pipeline.generate(spec).first().rgb()).isEqualTo(first);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  private static Pipeline.Builder family(String set) {
    Path whole = folder.resolve(set + "-whole.safetensors");
    if (!whole.toFile().exists()) {
      FamilyFiles.withWholeVocabulary(FamilyFiles.checkpoint(set, folder), whole);
    }
    return Fixtures.float32().checkpoint(Checkpoint.open(whole));
  }

  @Test
  void parameters_ofA1111_areReadDrawnAndWritten() {
    String text =
        """
        a cat
        Steps: 3, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64, Denoising strength: 0.7, \
        Token merging ratio: 0.5, Token merging ratio hr: 0.3, Hires upscale: 1.5, \
        Hires upscaler: Latent, Version: v1.10.1\
        """;
    PromptSpec spec = PromptSpec.fromInfotext(text);
    assertThat(spec.speedOptions().tokenMergingRatio()).isEqualTo(0.5);
    assertThat(spec.hiresFix().orElseThrow().tokenMergingRatio()).hasValue(0.3);
    GenerationResult result = tiny.pipeline().generate(spec);
    assertThat(result.first().infotext())
        .contains("Token merging ratio: 0.5, Token merging ratio hr: 0.3,");
    assertThat(result.warnings()).noneMatch(warning -> warning.contains("oken merging"));
    PromptSpec same = PromptSpec.fromInfotext(result.first().infotext());
    assertThat(tiny.draw(same).rgb()).isEqualTo(result.first().rgb());
  }
}
