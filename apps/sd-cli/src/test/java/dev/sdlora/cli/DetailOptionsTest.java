package dev.sdlora.cli;

import static dev.sdlora.cli.console.OptionValue.converter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.option.ImageOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tests the options of detail passes, without drawing them. */
class DetailOptionsTest {
  /** A command with the options of images. */
  @Command(name = "draw")
  static final class Draw {
    @Mixin private final ImageOptions image = new ImageOptions();
    @Mixin private final ModelOptions model = new ModelOptions();
    @Mixin private final Console console = new Console();
  }

  private static List<DetailPass> passes(String... options) {
    Draw draw = new Draw();
    CommandLine command =
        new CommandLine(draw)
            .registerConverter(ImageSize.class, converter(ImageSize::parse))
            .registerConverter(WeightFormat.class, converter(WeightFormat::parse))
            .setCaseInsensitiveEnumValuesAllowed(true);
    command.parseArgs(options);
    return draw.image.toSpec(draw.model, draw.console).detailPasses();
  }

  @Test
  void detail_isAPassOfItsOwn_withTheSettingsThatFollowIt() {
    assertThat(passes("x")).isEmpty();
    assertThat(
            passes(
                "x",
                "--detail",
                "face:0.5",
                "--detail-prompt",
                "a smile <lora:ink:0.8>",
                "--detail-size=512x640",
                "--steps",
                "5",
                "--detail",
                "hand",
                "--detail-confidence",
                "0.6",
                "--detail=face_yolov8n.pt"))
        .containsExactly(
            DetailPass.builder("face")
                .denoisingStrength(0.5)
                .prompt("a smile <lora:ink:0.8>")
                .size(new ImageSize(512, 640))
                .build(),
            DetailPass.builder("hand").confidence(0.6).build(),
            DetailPass.builder("face_yolov8n.pt").build());
  }

  @Test
  void settings_canAlsoStandFirst() {
    assertThat(
            passes(
                "x", "--detail-prompt", "a", "--detail", "b", "--detail-prompt", "c", "--detail=d"))
        .containsExactly(
            DetailPass.builder("b").prompt("a").build(),
            DetailPass.builder("d").prompt("c").build());
  }

  @Test
  void detailNone_isNoPass() {
    assertThat(passes("x", "--detail", "none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --detail face:7                        | --detail: the strength must be from 0 to 1: 7.0
          --detail face:0.4.1                    | --detail must have a strength such as 0.4 after the colon: '0.4.1'
          --detail face:                         | --detail must have a strength such as 0.4 after the colon: ''
          --detail-prompt x                      | --detail-prompt needs --detail NAME
          --detail-size 64x64                    | --detail-size needs --detail NAME
          --detail face --detail-size 8x8 --detail-size 8x8 | --detail-size needs --detail NAME
          --detail face --detail-confidence 2    | --detail-confidence must be from 0 to 1: 2.0
          --detail face --detail-size 100x100    | --detail-size: width must be a positive multiple of 8: 100
          """)
  void badValue_isNamedWithItsOption(String options, String sentence) {
    CommandRun run = CommandRun.of(("generate x " + options).split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("sd: " + sentence + "\n").contains("Try 'sd generate --help'");
  }

  @Test
  void help_listsDetailsAfterTheImage() {
    String help = CommandRun.of("generate", "--help-all").out();
    assertThat(help)
        .contains("Details:", "--detail=NAME[:STRENGTH]", "--detail-confidence=0..1")
        .containsSubsequence("Prompt and image:", "Hires fix:", "Details:", "Options:");
    assertThat(CommandRun.of("generate", "--help").out())
        .contains("--detail=NAME[:STRENGTH]")
        .doesNotContain("--detail-confidence");
    assertThat(CommandRun.of("completion").out()).contains("--detail-prompt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "grid", "batch", "serve"})
  void folders_ofNetworks_areOptionsOfAllCommandsThatDraw(String command) {
    assertThat(CommandRun.of(command, "--help-all").out())
        .contains("--detector-dir=DIR", "--preprocessor-dir=DIR");
  }
}
