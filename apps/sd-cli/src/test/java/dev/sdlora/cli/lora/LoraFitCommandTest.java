package dev.sdlora.cli.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.cli.CommandRun;
import dev.sdlora.cli.model.BundledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code sd lora fit}, {@code sd lora conflicts} and {@code sd checkpoint distance}. */
class LoraFitCommandTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  @Test
  void fit_bundledLora_wasMadeOnTheBundledModel() throws IOException {
    Path chart = folder.resolve("fit.png");
    CommandRun run = CommandRun.of("lora", "fit", "night", "--chart", chart.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("verdict: made on this checkpoint")
        .contains("full effect", "layers: 165 of 165 modules match", "####");
    assertThat(ImageIO.read(chart.toFile()).getWidth()).isPositive();

    JsonNode json = fit("night");
    assertThat(json.get("exactBase").asBoolean()).isTrue();
    double share = json.at("/networks/U-Net/share").asDouble();
    assertThat(share).isBetween(0.01, 0.2);
    assertThat(fit("night:0.5").at("/networks/U-Net/share").asDouble())
        .isCloseTo(share / 2, withinPercentage(0.1));
    assertThat(json.get("verdict").asText()).isNotBlank();
  }

  private static JsonNode fit(String lora) throws IOException {
    return JSON.readTree(CommandRun.of("lora", "fit", lora, "--json").out());
  }

  @Test
  void conflicts_ofTwo_showSharesSumAndCosine() throws IOException {
    CommandRun run = CommandRun.of("lora", "conflicts", "night", "ink_lines");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("night and ink_lines share 165 weights", "they are independent", "GROWTH");
    assertThat(run.err()).isEmpty();

    CommandRun far = CommandRun.of("lora", "conflicts", "night:3", "night:-1", "--json");
    JsonNode json = JSON.readTree(far.out());
    assertThat(json.at("/pairs/0/cosine").asDouble()).isLessThan(-0.999);
    assertThat(json.at("/blocks/0/growth").asDouble()).isLessThan(0.7);
    assertThat(json.get("harmful").asBoolean()).isFalse();
    assertThat(CommandRun.of("lora", "conflicts", "night:5").err()).contains("images degrade");
  }

  @Tag("slow")
  @Test
  void distance_ofAModelToItself_isZero() throws IOException {
    String model = BundledModel.checkpoint().toString();
    CommandRun run = CommandRun.of("checkpoint", "distance", model, model);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("demo-sd1 differs by 0.00 % from demo-sd1", "VAE", "decoder mid");
    JsonNode json =
        JSON.readTree(CommandRun.of("checkpoint", "distance", model, model, "--json").out());
    assertThat(json.get("share").asDouble()).isZero();
    assertThat(json.at("/networks/VAE/weights").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora fit night --chart a.jpg                | 2 | --chart must end in .png: a.jpg",
        "lora fit night --chart pom.xml/a.png        | 1 | pom.xml' is not a folder",
        "lora fit nicht                              | 1 | LoRA 'nicht' does not exist; did you"
            + " mean 'night'?",
        "lora fit                                    | 2 | missing ",
        "lora conflicts night --checkpoint none      | 1 | checkpoint 'none' does not exist",
        "lora effect night zorp --chart a.png        | 2 | --chart supports only one LoRA",
        "checkpoint distance none other              | 1 | checkpoint 'none' does not exist",
        "checkpoint distance none                    | 2 | missing ",
      })
  void badCalls_areOneSentence(String call, int exitCode, String sentence) {
    CommandRun run = CommandRun.of(call.split(" +"));
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.err()).contains(sentence).doesNotContain("unexpected");
    assertThat(Files.exists(Path.of("a.png"))).isFalse();
  }
}
