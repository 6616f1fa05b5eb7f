package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests generations that end early. */
class EarlyEndTest {
  private static final PromptSpec SPEC =
      TinyPipeline.SPEC.toBuilder().steps(6).images(2).seed(5).build();

  private Pipeline pipeline;
  private int arrays;

  @BeforeEach
  void open() {
    pipeline = Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build();
    arrays = pipeline.liveTensors();
  }

  @AfterEach
  void close() {
    pipeline.closeNow();
  }

  /** Ends a generation after some steps of an image. */
  private static final class Ending implements GenerationListener {
    private final int image;
    private final int step;
    private final List<String> events = new ArrayList<>();
    private boolean over;

    Ending(int image, int step) {
      this.image = image;
      this.step = step;
    }

    @Override
    public boolean endsEarly() {
      return over;
    }

    @Override
    public void stepEnd(Step done, Supplier<Image> preview) {
      events.add(done.image() + ":" + done.number());
      over |= done.image() == image && done.number() == step;
    }

    @Override
    public void generationEnd(GenerationResult result) {
      events.add("end");
    }
  }

  @Test
  void endsEarly_imageUnderWay_isDecoded_andOthersAreLeftOut() {
    GenerationResult whole = pipeline.generate(SPEC);
    Ending ending = new Ending(0, 3);
    GenerationResult early = pipeline.generate(SPEC, ending);

    assertThat(ending.events).containsExactly("0:1", "0:2", "0:3", "end");
    assertThat(early.images()).hasSize(1);
    assertThat(early.first().seed()).isEqualTo(5);
    assertThat(early.first().rgb()).isNotEqualTo(whole.first().rgb());
    assertThat(early.warnings()).anyMatch(warning -> warning.contains("ended early"));
    assertThat(pipeline.generate(SPEC).first().rgb()).isEqualTo(whole.first().rgb());
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @Test
  void endsEarly_inTheSecondImage_keepsTheFirstAsItIs() {
    GenerationResult whole = pipeline.generate(SPEC);
    GenerationResult early = pipeline.generate(SPEC, new Ending(1, 5));

    assertThat(early.images()).hasSize(2);
    assertThat(early.first().rgb()).isEqualTo(whole.first().rgb());
    assertThat(early.images().get(1).rgb()).isNotEqualTo(whole.images().get(1).rgb());
  }

  @Test
  void endsEarly_atTheLastStep_isTheWholeImage() {
    GenerationResult whole = pipeline.generate(SPEC);
    GenerationResult early = pipeline.generate(SPEC, new Ending(0, 6));

    assertThat(early.first().rgb()).isEqualTo(whole.first().rgb());
  }

  @Test
  void endsEarly_picturesDrawnTogether_areAllDecoded() {
    PromptSpec together =
        SPEC.toBuilder().speedOptions(SpeedOptions.builder().exactBatches(false).build()).build();
    assertThat(pipeline.generate(together, new Ending(0, 2)).images()).hasSize(2);
  }

  @Tag("slow")
  @Test
  void endsEarly_inTheFirstPassOfHiresFix_isDecodedAtItsSize() {
    PromptSpec hires = SPEC.toBuilder().hiresFix(HiresFix.builder().scale(2).build()).build();
    GenerationResult first = pipeline.generate(hires, new Ending(0, 3));
    GenerationResult second = pipeline.generate(hires, new Ending(0, 8));
    int width = pipeline.generate(SPEC).first().width();

    assertThat(first.first().width()).isEqualTo(width);
    assertThat(second.first().width()).isEqualTo(2 * width);
  }
}
