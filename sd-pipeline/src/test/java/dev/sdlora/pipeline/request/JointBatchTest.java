package dev.sdlora.pipeline.request;

import static dev.sdlora.pipeline.TinyPipeline.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests images of a request that are drawn together. */
@Timeout(600)
@Tag("slow")
class JointBatchTest {
  private static final SpeedOptions JOINT = SpeedOptions.builder().exactBatches(false).build();

  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .precision(Precision.FLOAT32)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static List<GeneratedImage> draw(PromptSpec spec, SpeedOptions options) {
    return draw(3, spec, options);
  }

  private static List<GeneratedImage> draw(int images, PromptSpec spec, SpeedOptions options) {
    return pipeline
        .generate(spec.toBuilder().images(images).speedOptions(options).build())
        .images();
  }

  private static List<Image> images(List<GeneratedImage> images) {
    return images.stream().map(GeneratedImage::image).toList();
  }

  /** Rounding in float32 may change a grey level by 1. */
  private static void assertAlikeOneByOne(PromptSpec spec, SpeedOptions joint) {
    List<GeneratedImage> alone = draw(spec, joint.toBuilder().exactBatches(true).build());
    List<GeneratedImage> together = draw(spec, joint);
    for (int i = 0; i < alone.size(); i++) {
      assertThat(together.get(i).seed()).isEqualTo(alone.get(i).seed());
      assertThat(together.get(i).infotext()).contains("Batch size: 3, Batch pos: " + i);
      assertThat(alone.get(i).infotext()).doesNotContain("Batch");
      byte[] expected = alone.get(i).image().rgb();
      byte[] rgb = together.get(i).image().rgb();
      assertThat(rgb).hasSameSizeAs(expected);
      int largest =
          IntStream.range(0, rgb.length)
              .map(at -> Math.abs((rgb[at] & 255) - (expected[at] & 255)))
              .max()
              .orElseThrow();
      assertThat(largest).as("picture " + i).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampler.class,
      names = {"EULER_A", "DPMPP_2M", "DPMPP_SDE", "HEUN", "DDIM", "DDIM_CFGPP", "RESTART", "LCM"})
  void together_isWhatEachIsAlone(Sampler sampler) {
    assertAlikeOneByOne(SPEC.toBuilder().sampler(sampler).build(), JOINT);
  }

  @Test
  void together_withOtherOptions_isWhatEachIsAlone() {
    PromptSpec hires =
        SPEC.toBuilder().steps(2).hiresFix(HiresFix.builder().scale(1.5).build()).build();
    assertAlikeOneByOne(hires, JOINT);
    assertAlikeOneByOne(
        TinyPipeline.redrawing(ImageToImage.builder(TinyPipeline.image(64, 64))), JOINT);
    assertAlikeOneByOne(SPEC.toBuilder().prompt("a [cat:dog:0.5] AND a hat").build(), JOINT);
    assertAlikeOneByOne(
        SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").build(),
        JOINT.toBuilder().cacheInterval(2).build());
  }

  @Test
  void exactBatches_areTheBytesOfEachAlone_andSoIsAnAdaptiveSampler() {
    List<GeneratedImage> seeds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      seeds.add(pipeline.generate(SPEC.toBuilder().seed(5 + i).build()).first());
    }
    List<Image> alone = images(seeds);
    assertThat(images(draw(SPEC, SpeedOptions.DEFAULTS))).isEqualTo(alone);
    assertThat(images(draw(SPEC, SpeedOptions.builder().batchSize(3).build()))).isEqualTo(alone);
    assertThat(images(draw(SPEC, JOINT.toBuilder().batchSize(1).build()))).isEqualTo(alone);
    PromptSpec adaptive = SPEC.toBuilder().sampler(Sampler.DPM_ADAPTIVE).build();
    assertThat(images(draw(2, adaptive, JOINT)))
        .isEqualTo(images(draw(2, adaptive, SpeedOptions.DEFAULTS)));
  }

  @Test
  void listener_isToldOfAllOnTheThreadThatGenerates() {
    List<String> told = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    pipeline.generate(
        SPEC.toBuilder()
            .images(3)
            .steps(1)
            .speedOptions(JOINT.toBuilder().batchSize(2).build())
            .build(),
        new GenerationListener() {
          private void tell(String what) {
            told.add(what);
            threads.add(Thread.currentThread());
          }

          @Override
          public void imageStart(int index, long seed) {
            tell("start " + index);
          }

          @Override
          public void stepStart(Step step) {
            tell("step " + step.image() + "." + step.number());
          }

          @Override
          public void imageEnd(int index, GeneratedImage image) {
            tell("end " + index);
          }
        });
    assertThat(told)
        .containsExactly(
            "start 0",
            "start 1",
            "step 0.1",
            "step 1.1",
            "end 0",
            "end 1",
            "start 2",
            "step 2.1",
            "end 2");
    assertThat(threads).containsOnly(threads.get(0));
  }

  @Test
  void failuresAndCancels_leaveNothing() {
    try (TinyPipeline tiny = new TinyPipeline()) {
      tiny.assertFailuresLeaveNothing(SPEC.toBuilder().images(3).speedOptions(JOINT).build(), 2);
    }
  }

  @Test
  void eightCallers_getWhatOneGets() {
    PromptSpec spec = SPEC.toBuilder().images(3).steps(2).speedOptions(JOINT).build();
    List<Image> one = images(pipeline.generate(spec).images());
    List<CompletableFuture<List<GeneratedImage>>> eight =
        IntStream.range(0, 8)
            .mapToObj(i -> pipeline.generateAsync(spec).thenApply(result -> result.images()))
            .toList();
    assertThat(eight).allSatisfy(future -> assertThat(images(future.join())).isEqualTo(one));
  }

  @Test
  void rows_followTheSizeUnlessTheCallerNamesTheNumber() {
    ImageSize size = new ImageSize(512, 512);
    PromptSpec ten = SPEC.toBuilder().images(10).speedOptions(JOINT).build();
    assertThat(JointBatch.images(ten, size)).isEqualTo(2);
    assertThat(JointBatch.rows(ten, size)).isEqualTo(4);
    PromptSpec five = ten.toBuilder().speedOptions(JOINT.toBuilder().batchSize(5).build()).build();
    assertThat(JointBatch.images(five, size)).isEqualTo(5);
    assertThat(JointBatch.rows(five, size)).isEqualTo(10);
    assertThat(JointBatch.images(SPEC.toBuilder().images(10).build(), size)).isEqualTo(1);
  }

  @Test
  void memory_countsAllThatAreDrawnTogether() {
    Model local = TinyPipeline.model(pipeline);
    ImageSize size = new ImageSize(512, 512);
    PromptSpec four = SPEC.toBuilder().images(4).build();
    PromptSpec joint =
        four.toBuilder().speedOptions(JOINT.toBuilder().batchSize(4).build()).build();
    assertThat(need(local, joint, size)).isGreaterThan(2 * need(local, four, size));
  }

  private static double need(Model local, PromptSpec spec, ImageSize size) {
    return new RequestMemory(local, spec, Optional.empty(), size).sampling().nativeBytes();
  }
}
