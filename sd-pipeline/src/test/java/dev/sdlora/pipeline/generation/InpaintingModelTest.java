package dev.sdlora.pipeline.generation;

import static dev.sdlora.pipeline.TinyPipeline.SPEC;
import static dev.sdlora.pipeline.TinyPipeline.mask;
import static dev.sdlora.pipeline.TinyPipeline.repainting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests models whose U-Net reads mask and image: the tiny checkpoint with five more input channels,
 * with weights of 0 and with random ones.
 */
class InpaintingModelTest {
  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";
  private static final PromptSpec PART =
      repainting(TinyPipeline.image(64, 64), Inpainting.builder(mask(64, 64, 16, 16, 32)));

  @TempDir private static Path folder;
  private static Pipeline blind;
  private static Pipeline seeing;
  private static int arrays;

  @BeforeAll
  static void write() {
    blind = open("blind", 0);
    seeing = open("seeing", 0.2);
    arrays = TinyPipeline.arraysOnceEncoded(seeing);
  }

  @AfterAll
  static void close() {
    assertThat(seeing.liveTensors()).isEqualTo(arrays);
    blind.close();
    seeing.close();
  }

  private static Pipeline open(String name, double deviation) {
    Path path = folder.resolve(name + ".safetensors");
    TensorFile file = TensorFile.open(Fixtures.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (!entry.name().equals(CONV_IN)) {
          writer.tensor(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              channel -> channel.write(reader.bytes(entry)));
        }
      }
      float[] four = reader.floats(file.find(CONV_IN).orElseThrow());
      int out = four.length / (4 * 9);
      float[] nine = new float[out * 9 * 9];
      Random random = new Random(2);
      for (int i = 0; i < nine.length; i++) {
        int input = i / 9 % 9;
        nine[i] =
            input < 4 ? four[i / 81 * 36 + i % 81] : (float) (deviation * random.nextGaussian());
      }
      writer.tensor(CONV_IN, List.of((long) out, 9L, 3L, 3L), nine, DType.F32);
      writer.write(path);
    }
    return Fixtures.float32().checkpoint(Checkpoint.open(path)).build();
  }

  private static Image draw(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).first().image();
  }

  @Tag("slow")
  @Test
  void weightsOfZero_drawWhatThePlainModelDraws() {
    try (TinyPipeline plain = new TinyPipeline()) {
      assertThat(draw(blind, SPEC)).isEqualTo(plain.draw(SPEC));
      assertThat(draw(blind, PART)).isEqualTo(plain.draw(PART));
    }
  }

  @Test
  void shownChannels_changeThePicture_andWhatIsNotMaskedStays() {
    Image drawn = draw(seeing, PART);
    assertThat(drawn).isNotEqualTo(draw(blind, PART));
    byte[] before = TinyPipeline.image(64, 64).rgb();
    byte[] after = drawn.rgb();
    for (int i = 0; i < 3 * 64 * 4; i++) {
      assertThat(after[i]).isEqualTo(before[i]);
    }
  }

  @Test
  void conditionalMaskWeight_decidesWhatIsSeenOfTheMasked() {
    Image hidden = draw(seeing, PART);
    PromptSpec half =
        repainting(
            TinyPipeline.image(64, 64),
            Inpainting.builder(mask(64, 64, 16, 16, 32)).conditionalMaskWeight(0.5));
    assertThat(draw(seeing, half)).isNotEqualTo(hidden);
    assertThat(draw(blind, half)).isEqualTo(draw(blind, PART));
  }

  @Test
  void otherRequests_areShownThatEverythingIsMasked() {
    PromptSpec whole =
        SPEC.toBuilder()
            .imageToImage(ImageToImage.builder(TinyPipeline.image(64, 64)).build())
            .build();
    PromptSpec hires = SPEC.toBuilder().hiresFix(HiresFix.builder().scale(1.5).build()).build();
    assertThat(
            Set.of(draw(seeing, SPEC), draw(blind, SPEC), draw(seeing, whole), draw(blind, whole)))
        .hasSize(4);
    assertThat(draw(seeing, hires).width()).isEqualTo(96);
  }
}
