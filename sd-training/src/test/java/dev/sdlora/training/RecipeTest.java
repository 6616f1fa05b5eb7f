package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.recipe.Recipe;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
  @TempDir private Path folder;

  private Recipe recipe(UnaryOperator<LoraTrainerBuilder> settings) {
    return new Assembly(settings.apply(Fixtures.trainer(folder.resolve("out.safetensors"))))
        .settings()
        .recipe();
  }

  private String cause(OptimiserKind kind) {
    return recipe(builder -> builder.optimiser(OptimiserOptions.of(kind))).causeOfDivergence();
  }

  @Test
  void causeOfDivergence_eachOptimiser_namesItsRate() {
    assertThat(cause(OptimiserKind.ADAMW))
        .isEqualTo("the learning rate 0.005 is probably too high");
    assertThat(cause(OptimiserKind.ADAFACTOR))
        .isEqualTo("the learning rate 0.005 is probably too high");
    assertThat(cause(OptimiserKind.LION))
        .isEqualTo(
            "the learning rate 0.005 is probably too high; Lion's is a third to a tenth of"
                + " AdamW's");
    assertThat(cause(OptimiserKind.PRODIGY))
        .isEqualTo(
            "the growth 1.0 or the learning rate 0.005, a factor on Prodigy's estimate, is"
                + " probably too high");
  }

  @Test
  void averagingAt_firstSteps_keepsLessThanLater() {
    Recipe.Optimisation optimisation = recipe(builder -> builder.averaging(0.99)).optimisation();

    assertThat(optimisation.averagingAt(0)).isCloseTo(2.0 / 11, within(1e-9));
    assertThat(optimisation.averagingAt(88)).isCloseTo(90.0 / 99, within(1e-9));
    assertThat(optimisation.averagingAt(10_000)).isEqualTo(0.99);
  }

  @Test
  void betas_ofAdafactor_areRefused() {
    OptimiserOptions adafactor = OptimiserOptions.of(OptimiserKind.ADAFACTOR);

    assertThatThrownBy(() -> adafactor.withBetas(0.8, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("betas must not be set for Adafactor, which has none");
  }
}
