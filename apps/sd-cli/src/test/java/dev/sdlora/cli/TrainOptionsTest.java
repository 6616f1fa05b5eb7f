package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code sd train}, their errors, and plans. */
class TrainOptionsTest {
  @TempDir private Path folder;

  private Path images;
  private Path out;

  @BeforeEach
  void images() throws IOException {
    images = Files.createDirectory(folder.resolve("stars"));
    out = folder.resolve("star.safetensors");
    for (int i = 0; i < 4; i++) {
      BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(Color.getHSBColor(i / 4f, 1, 1));
      graphics.fillOval(20, 20, 80, 80);
      graphics.dispose();
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
    }
  }

  private CommandRun train(String options) {
    List<String> words =
        new ArrayList<>(
            List.of("train", images.toString(), "--out", out.toString(), "--trigger", "star"));
    if (!options.isBlank()) {
      words.addAll(List.of(options.split(" +")));
    }
    return CommandRun.of(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--network-type locon        | --network-type must be one of lora, loha, lokr, ia3:"
            + " 'locon'",
        "--rank 0                    | --rank must be from 1 to 1024: 0",
        "--rules IN04                | --rules must be layers and settings, such as"
            + " IN04=rank:8,lr:0.5 or OUT11=off: 'IN04'",
        "--rules IN04=dim:8          | --rules must be layers and settings, such as"
            + " IN04=rank:8,lr:0.5 or OUT11=off: 'IN04=dim:8'",
        "--rules (=rank:8            | --rules must begin with a block or a regular expression:"
            + " '('",
        "--rules IN04=rank:0         | --rules",
        "--dora --network-type ia3   | --dora cannot be used with --network-type ia3",
        "--rank 8 --network-type ia3 | --rank cannot be used with --network-type ia3",
        "--conv-alpha 1              | --conv-alpha needs --conv-rank N",
        "--optimizer adam            | --optimizer must be one of adamw, prodigy, lion, adafactor:"
            + " 'adam'; did you mean 'adamw'?",
        "--scheduler cosin           | --scheduler must be one of constant, linear, cosine,"
            + " cosine_with_restarts: 'cosin'; did you mean 'cosine'",
        "--cycles 2                  | --cycles needs --scheduler cosine_with_restarts",
        "--d-coef 2                  | --d-coef needs --optimizer prodigy",
        "--betas 0.9                 | --betas must be two numbers separated by a comma: '0.9'",
        "--betas 0.9,1               | --betas: beta2 must be at least 0 and below 1: 1",
        "--huber-delta 1             | --huber-delta needs --loss huber",
        "--timestep-shift 2          | --timestep-shift needs --timesteps shift",
        "--timestep-range 0.5,0.2    | --timestep-range: least must be below most, 0.2: 0.5",
        "--buckets --bucket-sides 9,64 | --bucket-sides: least must be at least 64: 9",
        "--bucket-step 64            | --bucket-step needs --buckets",
        "--keep-tokens 1             | --keep-tokens needs --shuffle-tags",
        "--tag-dropout 2             | --tag-dropout must be from 0 to 1: 2",
        "--prior-weight 1            | --prior-weight needs --class-images DIR",
        "--patience 3                | --patience needs --validation SHARE",
        "--no-samples --validation 1 | --validation must be above 0 and below 1: 1.0",
        "--no-samples --validation 0.9 | share of validation must leave at least one",
        "--validation 0.1 --patience -1 | --patience must be at least 0: -1",
        "--sample-weights 1,x        | --sample-weights must be a number such as 0.8: 'x'",
        "--report a.pdf              | --report must end in .html: a.pdf",
        "--positive x                | --positive needs --slider TARGET",
        "--slider x --positive y     | IMAGES and --slider exclude each other",
        "--network_dim 8             | unknown option '--network_dim'; did you mean '--rank'?",
        "--gradient_checkpointing    | unknown option '--gradient_checkpointing'; did you mean"
            + " '--checkpointing'?",
        "--shuffel-tags              | unknown option '--shuffel-tags'; did you mean"
            + " '--shuffle-tags'?",
      })
  void wrongValue_isOneSentenceThatNamesTheOption(String options, String sentence) {
    CommandRun run = train(options);
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err()).startsWith("sd: " + sentence).doesNotContain("unexpected");
    assertThat(out).doesNotExist();
  }

  @Test
  void slider_withOptionsOfImages_isRefused() {
    CommandRun run =
        CommandRun.of(
            "train", "--slider", "star", "--positive", "big star", "--flip", "-o", out.toString());
    assertThat(run.err())
        .startsWith("sd: --flip cannot be used with --slider, which trains without images");
  }

  @Test
  void plan_showsWhatWillBeDoneAndTrainsNothing() {
    CommandRun run =
        train("--plan --steps 40 --batch 2 --validation 0.25 --report r/star.html --rank 4");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines().toList())
        .contains(
            "images  3, 1 held out",
            "sizes   128x128: 3",
            "steps   40 of 2 images, 26.7 epochs",
            "samples every 10 steps")
        .anyMatch(line -> line.startsWith("memory  about "))
        .anyMatch(line -> line.startsWith("time    about "))
        .anyMatch(line -> line.startsWith("files   ") && line.contains("star.html"));
    assertThat(run.err()).contains("3 images are few; ten to thirty are usual");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("r")).doesNotExist();
  }

  @Test
  void plan_json_hasNumbers() throws IOException {
    JsonNode json =
        new ObjectMapper().readTree(train("--plan --epochs 5 --no-samples --json").out());
    assertThat(json.get("images").asInt()).isEqualTo(4);
    assertThat(json.get("steps").asInt()).isEqualTo(5);
    assertThat(json.get("images_per_step").asInt()).isEqualTo(4);
    assertThat(json.at("/buckets/0/width").asInt()).isEqualTo(128);
    assertThat(json.get("seconds").asDouble()).isPositive();
    assertThat(json.get("memory_bytes").asLong()).isBetween(100_000_000L, 10_000_000_000L);
    assertThat(json.get("files").get(0).asText()).isEqualTo(out.toString());
  }

  @Test
  void captions_missingWithoutTrigger_areNamed() {
    CommandRun run = CommandRun.of("train", images.toString(), "-o", out.toString());
    assertThat(run.err()).contains("0.png' has no caption");
  }

  @Test
  void help_listsCommonOptionsInGroups_andAllWithHelpAll() {
    String help = CommandRun.of("train", "--help").out();
    assertThat(help)
        .containsSubsequence(
            "Usage: sd train [OPTIONS] IMAGES --out FILE [--trigger WORD]",
            "--slider TARGET --positive TEXT --out FILE",
            "Training (defaults depend on the model size):",
            "What is trained:",
            "Optimiser:",
            "Speed and memory:",
            "Watching:",
            "sd train --help-all lists all")
        .doesNotContain("--lokr-factor");
    String all = CommandRun.of("train", "--help-all").out();
    assertThat(all).contains("--lokr-factor", "Loss and noise:", "--timestep-range");
  }

  @Test
  @Tag("slow")
  void train_validationSamplesAndReport_areWritten() throws IOException {
    CommandRun run =
        train(
            "--steps 2 --batch 1 --rank 2 --validation 0.25 --patience 1 --sample-every 2"
                + " --sample-weights 0,1 --report "
                + folder.resolve("star.html")
                + " --json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("samples")).hasSize(3);
    assertThat(json.get("validation_loss").asDouble()).isPositive();
    assertThat(json.get("lora_step").asInt()).isBetween(1, 2);
    assertThat(Files.readString(folder.resolve("star.html"))).contains("weight 0", "Validation");
  }
}
