package dev.sdlora.api.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.api.Picture;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.grid.LoraTuning.Figures;
import dev.sdlora.api.grid.LoraTuning.Proposal;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoraTuningTest {
  private static final LoraAdapter LORA =
      LoraAdapter.builder(Path.of("ink.safetensors"), ModelFamily.SD1).build();
  private static final PromptSpec SPEC = PromptSpec.builder().prompt("a cat").seed(3).build();

  /** Figures at 0.2, 0.4 and so on. */
  private static List<Figures> figures(double[] effects, double... clipped) {
    List<Figures> figures = new ArrayList<>();
    for (int i = 0; i < effects.length; i++) {
      double clips = i < clipped.length ? clipped[i] : 0;
      figures.add(LoraTuning.figures((i + 1) / 5.0, effects[i], 1, clips, 1));
    }
    return figures;
  }

  @Test
  void propose_measuredOnTheDemoModel_isWhatItsSheetsShow() {
    // ink_lines: outlines from 0.6 on, which fall apart from 1.6 on and move nothing further.
    double[] ink = {0.020, 0.068, 0.132, 0.156, 0.170, 0.178, 0.183, 0.183, 0.176, 0.172};
    assertThat(LoraTuning.propose(figures(ink))).contains(new Proposal(0.6, 1.4, 0.8));
    // night: dark from 0.6 on; black swallows the picture.
    double[] night = {0.076, 0.212, 0.359, 0.476, 0.540, 0.581, 0.612, 0.641, 0.658, 0.670};
    double[] dark = {-0.007, -0.006, -0.007, -0.005, 0.01, 0.049, 0.078, 0.116, 0.139, 0.164};
    assertThat(LoraTuning.propose(figures(night, dark))).contains(new Proposal(0.6, 1.4, 1.0));
    // detail_slider: lines in the ground grow black, and then everything does.
    double[] detail = {0.009, 0.021, 0.042, 0.092, 0.144, 0.193, 0.234, 0.263, 0.279, 0.285};
    double[] lines = {0.001, 0.004, -0.001, -0.001, 0.007, 0.040, 0.092, 0.128, 0.160, 0.187};
    assertThat(LoraTuning.propose(figures(detail, lines))).contains(new Proposal(1.0, 1.2, 1.0));
  }

  @Test
  void propose_noEffectOrDamageAtOnce_isNothing() {
    assertThat(LoraTuning.propose(figures(new double[] {0.001, 0.002, 0.003}))).isEmpty();
    assertThat(LoraTuning.propose(figures(new double[] {0.3, 0.4}, 0.2, 0.3))).isEmpty();
  }

  @Test
  void propose_effectThatGoesOnGrowing_endsWithTheLastWeight() {
    assertThat(LoraTuning.propose(figures(new double[] {0.1, 0.2, 0.3, 0.4})))
        .contains(new Proposal(0.4, 0.8, 0.6));
  }

  @Test
  void damage_isTheWorstByItsMeasure() {
    assertThat(LoraTuning.figures(1, 0.1, 1, 0, 1).damage()).isZero();
    assertThat(LoraTuning.figures(1, 0.1, 0.5, -0.1, 0.5).damage()).isZero();
    assertThat(LoraTuning.figures(1, 0.1, 2, 0, 1).damage()).isCloseTo(1, within(1e-9));
    assertThat(LoraTuning.figures(1, 0.1, 1, 0.16, 1).damage()).isCloseTo(2, within(1e-9));
    assertThat(LoraTuning.figures(1, 0.1, 1, 0, 9).damage()).isCloseTo(2, within(1e-9));
  }

  /** A grey picture that a LoRA makes redder, in proportion to its weight. */
  private static Pipeline redder(List<PromptSpec> asked) {
    return (Pipeline)
        Proxy.newProxyInstance(
            LoraTuningTest.class.getClassLoader(),
            new Class<?>[] {Pipeline.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("generate");
              PromptSpec spec = (PromptSpec) arguments[0];
              asked.add(spec);
              double weight = spec.loras().isEmpty() ? 0 : spec.loras().get(0).unetStrength();
              byte[] rgb = new byte[3 * 16 * 16];
              for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) (100 + (i % 3 == 0 ? (int) Math.round(51 * weight) : 0));
              }
              GenerationResult result =
                  GenerationResult.builder(
                          List.of(new GeneratedImage(Picture.of(16, 16, rgb), 3, "")))
                      .build();
              ((GenerationListener) arguments[1]).generationEnd(result);
              return result;
            });
  }

  @Test
  void draw_measuresBesideThePictureWithout() {
    List<PromptSpec> asked = new ArrayList<>();
    LoraTuning tuning = LoraTuning.of(LORA, List.of(SPEC, SPEC)).weights(0.5, 1);
    int[] told = new int[1];
    LoraTuning.Result result =
        tuning.draw(
            redder(asked),
            new GenerationListener() {
              @Override
              public void generationEnd(GenerationResult one) {
                told[0]++;
              }
            });

    assertThat(tuning.pictures()).isEqualTo(6);
    assertThat(told[0]).isEqualTo(6);
    assertThat(asked.get(0)).isEqualTo(SPEC);
    assertThat(asked.get(2).loras()).containsExactly(LORA.withStrength(1));
    Figures full = result.figures().get(1);
    assertThat(full.weight()).isEqualTo(1);
    // One channel of three is a fifth of the range away.
    assertThat(full.effect()).isCloseTo(0.2 / Math.sqrt(3), within(1e-9));
    assertThat(full.saturation()).isCloseTo((0.2 + 0.02) / 0.02, within(1e-9));
    assertThat(full.clipped()).isZero();
    assertThat(full.edges()).isCloseTo(1, within(1e-9));
    // Grey that turns red is colour that runs away.
    assertThat(full.damage()).isGreaterThan(1);
    assertThat(result.proposal()).isEmpty();
    assertThat(result.sheet().height()).isGreaterThan(2 * 16);
  }

  @Test
  void figures_ofPixels_areThoseOfTheirDefinition() {
    byte[] rgb = new byte[3 * 8 * 8];
    for (int i = 0; i < 64; i++) {
      boolean white = (i + i / 8) % 2 == 0;
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) (white ? 255 : 0);
      }
    }
    PictureFigures board = new PictureFigures(new GeneratedImage(Picture.of(8, 8, rgb), 0, ""));
    PictureFigures black =
        new PictureFigures(new GeneratedImage(Picture.of(8, 8, new byte[3 * 8 * 8]), 0, ""));

    assertThat(board.clipped()).isEqualTo(1);
    assertThat(board.saturation()).isZero();
    // Each of its neighbours is the other colour.
    assertThat(board.edges()).isCloseTo(4, within(1e-9));
    assertThat(black.edges()).isZero();
    // In squares of 4x4 it is grey.
    assertThat(board.distance(black)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void of_whatMakesNoSense_isRefused() {
    assertThatThrownBy(() -> LoraTuning.of(LORA, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    LoraTuning tuning = LoraTuning.of(LORA, List.of(SPEC));
    assertThat(tuning.pictures()).isEqualTo(11);
    assertThatThrownBy(() -> tuning.weights(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tuning.weights(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tuning.weights(1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tuning.weights(1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
