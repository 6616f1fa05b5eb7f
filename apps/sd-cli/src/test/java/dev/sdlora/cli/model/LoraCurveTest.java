package dev.sdlora.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.cli.CommandRun;
import dev.sdlora.cli.console.Console;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests strength curves on the command line. */
class LoraCurveTest {
  private static final List<Path> FOLDERS = List.of(BundledModel.loras());

  private static List<LoraStrength> strengths(List<String> loras, String... curves) {
    List<LoraAdapter> given =
        loras.stream()
            .map(lora -> LoraReference.openWeighted(lora, FOLDERS, new Console()))
            .toList();
    return LoraCurve.draw(
            given,
            List.of(curves).stream().map(LoraCurve::parse).toList(),
            name -> LoraReference.open(name, FOLDERS, new Console()))
        .stream()
        .map(LoraAdapter::strength)
        .toList();
  }

  @Test
  void draw_curveAlone_isTheTagOfItsPoints() {
    assertThat(strengths(List.of(), "zorp=0:1,0.5:0.2,1:0"))
        .containsExactly(LoraStrength.of(1).withUnet(StrengthSchedule.parse("1@0,0.2@0.5,0@1")));
  }

  @Test
  void draw_curveOfAGivenLora_leavesItsTextEncoder() {
    assertThat(strengths(List.of("zorp:0.5", "night:0.3"), "zorp=sigma5:1,sigma1:0"))
        .containsExactly(
            LoraStrength.of(0.5).withUnet(StrengthSchedule.parse("1@sigma5,0@sigma1")),
            LoraStrength.of(0.3));
  }

  @Test
  void parse_malformed_saysWhatIsExpected() {
    assertThatThrownBy(() -> LoraCurve.parse("zorp"))
        .hasMessage("must be NAME=POINTS, such as ink=0:1,0.5:0.2,1:0: 'zorp'");
    CommandRun run = CommandRun.of("generate", "a", "--lora-curve", "zorp=1@0");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("--lora-curve")
        .contains("'1@0' is not a place and its strength");
    CommandRun unknown = CommandRun.of("generate", "a", "--lora-curve", "zorb=0:1");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("did you mean 'zorp'?");
  }
}
