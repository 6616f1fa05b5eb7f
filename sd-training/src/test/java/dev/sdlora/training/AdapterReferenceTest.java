package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.testkit.TinyModels;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.TrainedModules;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twenty steps of each kind of adapter, over linear layers and convolutions of the middle block,
 * agree with {@code reference/train.py} in double precision.
 */
@Tag("slow")
class AdapterReferenceTest {
  private static final double TOLERANCE = 1e-5;

  private static final LayerRule OUTSIDE = LayerRule.leaveOut("(?!mid_block\\.).*");

  @TempDir private Path folder;

  static Stream<Arguments> kinds() {
    AdapterOptions lora = AdapterOptions.DEFAULTS.withRule(OUTSIDE);
    AdapterOptions loha = lora.withKind(AdapterKind.LOHA);
    AdapterOptions lokr = lora.withKind(AdapterKind.LOKR);
    AdapterOptions ia3 = AdapterOptions.of(AdapterKind.IA3);
    return Stream.of(
        Arguments.of("locon", lora),
        Arguments.of("rank-stabilised", lora.withRankStabilised(true)),
        Arguments.of("dora", lora.withDora(true)),
        Arguments.of("loha", loha),
        Arguments.of("loha-dora", loha.withDora(true)),
        Arguments.of("lokr", lokr),
        Arguments.of("lokr-dora", lokr.withLokrFactor(2).withDora(true)),
        Arguments.of("ia3", ia3.withRule(LayerRule.leaveOut(".*ff.net.2")).withRule(OUTSIDE)),
        Arguments.of(
            "ia3-inputs", ia3.withRule(LayerRule.leaveOut(".*to_[kv]")).withRule(OUTSIDE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void twentySteps_ofEachKind_agree(String run, AdapterOptions options) {
    ReferenceRun.Outcome outcome =
        new ReferenceRun(run, "sd1", run)
            .train(
                ReferenceRun.trainer(TinyModels.CHECKPOINT, folder)
                    .maxGradientNorm(3e-6)
                    .modules(TrainedModules.CONVOLUTIONS)
                    .maxGradientNorm(3e-6)
                    .adapter(options));

    assertThat(outcome.lossError()).as("losses").isLessThan(TOLERANCE);
    assertThat(outcome.factorErrors())
        .isNotEmpty()
        .allSatisfy((kind, error) -> assertThat(error).as(kind).isLessThan(TOLERANCE));
  }
}
