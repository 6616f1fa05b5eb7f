package dev.sdlora.pipeline.generation;

import static dev.sdlora.pipeline.TinyPipeline.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.request.HiresPlan;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the second, larger pass on the tiny checkpoint. */
class HiresFixTest {
  private static final TinyPipeline TINY = new TinyPipeline();
  private static final String TAG = " <lora:tiny_lora:0.8>";

  @AfterAll
  static void close() {
    TINY.close();
  }

  private static PromptSpec hires(UnaryOperator<HiresFix.Builder> settings) {
    return SPEC.toBuilder()
        .steps(2)
        .hiresFix(settings.apply(HiresFix.builder().scale(1.5)).build())
        .build();
  }

  @Test
  void size_isTheFirstTimesTheScale_orItsOwn() {
    Image scaled = TINY.draw(hires(fix -> fix.scale(1.3)));
    assertThat(scaled.width()).isEqualTo(80);
    assertThat(scaled.height()).isEqualTo(80);
    Image own = TINY.draw(hires(fix -> fix.size(new ImageSize(120, 72))));
    assertThat(own.width()).isEqualTo(120);
    assertThat(own.height()).isEqualTo(72);
  }

  @ParameterizedTest
  @CsvSource({"1.3, 83x93", "2, 128x144", "104x96, 104x117", "96x128, 113x128"})
  void told_isTheSizeThatA1111EnlargesTo(String asked, String told) {
    HiresFix.Builder fix = HiresFix.builder();
    if (asked.contains("x")) {
      fix.size(ImageSize.parse(asked));
    } else {
      fix.scale(Double.parseDouble(asked));
    }
    assertThat(HiresPlan.conditionedSize(new ImageSize(64, 72), fix.build())).hasToString(told);
  }

  @Tag("slow")
  @Test
  void upscaler_everyBuiltIn_isAnotherPicture() {
    Set<Image> drawn = new HashSet<>();
    for (Upscaler upscaler : Upscaler.builtIn()) {
      // Antialiased linear interpolation equals plain interpolation when nothing is reduced.
      if (!upscaler.equals(Upscaler.LATENT_ANTIALIASED) && !upscaler.equals(Upscaler.NONE)) {
        assertThat(drawn.add(TINY.draw(hires(fix -> fix.upscaler(upscaler)))))
            .as(upscaler.name())
            .isTrue();
      }
    }
    assertThat(drawn).contains(TINY.draw(hires(fix -> fix.upscaler(Upscaler.NONE))));
  }

  @Test
  void steps_areThoseOfBothPasses_whateverTheStrength() {
    assertThat(TINY.steps(hires(fix -> fix.steps(3).denoisingStrength(0.3))))
        .containsExactly("1/5", "2/5", "3/5", "4/5", "5/5");
    assertThat(TINY.steps(hires(fix -> fix.denoisingStrength(0)))).containsExactly("1/2", "2/2");
  }

  @Tag("slow")
  @Test
  void settings_ofTheSecondPass_changeThePicture() {
    Image plain = TINY.draw(hires(fix -> fix));
    assertThat(TINY.draw(hires(fix -> fix.prompt("a cat").negativePrompt("ugly"))))
        .isEqualTo(plain);
    assertThat(TINY.draw(hires(fix -> fix.prompt("a dog")))).isNotEqualTo(plain);
    assertThat(TINY.draw(hires(fix -> fix.negativePrompt("a dog")))).isNotEqualTo(plain);
    assertThat(TINY.draw(hires(fix -> fix.sampler(Sampler.EULER_A)))).isNotEqualTo(plain);
    assertThat(TINY.draw(hires(fix -> fix.cfgScale(2)))).isNotEqualTo(plain);
    assertThat(TINY.draw(hires(fix -> fix.denoisingStrength(0.4)))).isNotEqualTo(plain);
  }

  @Test
  void loras_ofTheSecondPass_areItsOwn() {
    PromptSpec spec = hires(fix -> fix.prompt("a cat" + TAG)).toBuilder().images(2).build();
    GenerationResult result = TINY.pipeline().generate(spec);
    assertThat(result.loras()).extracting(LoraReport::name).containsExactly("tiny_lora");
    assertThat(result.first().infotext()).contains("Lora hashes: \"tiny_lora: ");

    Image plain = TINY.draw(hires(fix -> fix));
    Image both = TINY.draw(hires(fix -> fix).toBuilder().prompt("a cat" + TAG).build());
    Image secondOnly = TINY.draw(spec.toBuilder().images(1).build());
    Image firstOnly =
        TINY.draw(hires(fix -> fix.prompt("a cat")).toBuilder().prompt("a cat" + TAG).build());
    assertThat(Set.of(plain, both, secondOnly, firstOnly)).hasSize(4);
    assertThat(result.first().image()).isEqualTo(secondOnly);
    // The second image's first pass runs without the LoRA again.
    assertThat(result.images().get(1).image())
        .isEqualTo(TINY.draw(spec.toBuilder().seed(6).images(1).build()));
  }

  @Test
  void promptEditing_countsOnInTheSecondPass() {
    PromptSpec edited = hires(fix -> fix.steps(4)).toBuilder().prompt("a [cat:dog:1.0]").build();
    PromptSpec second =
        hires(fix -> fix.steps(4).prompt("a dog")).toBuilder().prompt("a cat").build();
    assertThat(TINY.draw(edited)).isEqualTo(TINY.draw(second));
  }

  @Test
  void parameters_nameTheSecondPass_andMakeThePictureAgain() {
    PromptSpec spec =
        hires(
            fix ->
                fix.steps(3)
                    .denoisingStrength(0.6)
                    .upscaler(Upscaler.LATENT_BICUBIC)
                    .prompt("a dog"));
    var image = TINY.pipeline().generate(spec).first();
    assertThat(image.infotext())
        .contains("Size: 64x64", "Denoising strength: 0.6", "Hires prompt: a dog")
        .contains("Hires upscale: 1.5", "Hires steps: 3", "Hires upscaler: Latent (bicubic)");
    assertThat(TINY.draw(PromptSpec.fromInfotext(image.infotext()))).isEqualTo(image.image());
  }

  @Test
  void failuresAndCancels_leaveNothingBehind() {
    TINY.assertFailuresLeaveNothing(hires(fix -> fix.prompt("a cat" + TAG)), 3);
  }
}
