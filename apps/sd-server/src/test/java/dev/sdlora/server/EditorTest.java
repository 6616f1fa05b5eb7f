package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.testkit.ManyLoras;
import dev.sdlora.testkit.TaughtModels;
import dev.sdlora.testkit.TinyModels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The APIs for prompt editors and for lists of LoRAs. */
@SuppressWarnings("NullAway.Init")
class EditorTest {
  private static final int MANY = 150;

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() throws IOException {
    ManyLoras.write(folder, MANY);
    Path ink = DemoModel.loras().resolve("ink_lines.safetensors");
    for (String name : List.of("50% ü; off", "Tusche #1 ü")) {
      Files.copy(ink, folder.resolve(name + ".safetensors"));
    }
    Files.writeString(folder.resolve("50% ü; off.json"), "{\"negative text\": \"colourful\"}");
    Files.writeString(folder.resolve("Tusche #1 ü.png"), "no picture");
    Files.writeString(folder.resolve("damaged.safetensors"), "no header");
    ImageIO.write(
        new BufferedImage(3000, 1500, BufferedImage.TYPE_INT_RGB),
        "jpeg",
        folder.resolve("50% ü; off.preview.jpg").toFile());
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .loraDirectory(folder)
            .build();
    served = Served.of(pipeline);
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  private static String path(String name) {
    return "/api/loras/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static List<String> names(JsonNode loras) {
    List<String> names = new ArrayList<>();
    loras.forEach(lora -> names.add(lora.get("name").asText()));
    return names;
  }

  private static String refusal(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    return Served.json(answer.body()).get("detail").asText();
  }

  @Test
  void loras_byPages_areAllOfThemOnce() {
    List<String> all = new ArrayList<>();
    JsonNode page = served.get("/api/loras?count=60");
    int total = page.get("total").asInt();
    for (int from = 0; from < total; from += 60) {
      all.addAll(names(served.get("/api/loras?count=60&from=" + from).get("loras")));
    }

    assertThat(total).isEqualTo(MANY + 7 + 2);
    assertThat(all).hasSize(total).doesNotHaveDuplicates().contains("zorp", ManyLoras.name(149));
    assertThat(page.get("folders").toString())
        .isEqualTo("[\"characters\",\"clothing\",\"places\",\"sliders\",\"styles\"]");
    assertThat(served.get("/api/loras?from=" + total).get("loras")).isEmpty();
    assertThat(page.toString()).doesNotContain(folder.toString());
  }

  @Test
  void loras_searchFolderAndFamily_allHold() {
    assertThat(names(served.get("/api/loras?search=trigger145").get("loras")))
        .containsExactly(ManyLoras.name(145));
    assertThat(served.get("/api/loras?folder=styles").get("total").asInt()).isEqualTo(MANY / 5);
    assertThat(served.get("/api/loras?folder=style").get("total").asInt()).isZero();
    assertThat(served.get("/api/loras?folder=../characters").get("total").asInt()).isZero();
    JsonNode sliders = served.get("/api/loras?folder=sliders&family=fits");
    assertThat(sliders.get("total").asInt()).isEqualTo(MANY / 10);
    assertThat(served.get("/api/loras?family=SDXL").get("total").asInt()).isEqualTo(MANY / 10);
    JsonNode card = sliders.get("loras").get(0);
    assertThat(card.get("name").asText()).isEqualTo(ManyLoras.name(4));
    assertThat(card.get("fits").asText()).isEqualTo("yes");
    assertThat(card.get("folder").asText()).isEqualTo("sliders");
    JsonNode bundled = served.get(path("ink_lines"));
    assertThat(bundled.get("description").asText()).startsWith("Black ink over the drawing");
    assertThat(bundled.get("preferred_weight").asDouble()).isEqualTo(0.5);
  }

  @Test
  void loras_newFile_isThereWhenTheListBegins() throws IOException {
    served.get("/api/loras?search=newcomer");
    Path file = folder.resolve("newcomer.safetensors");
    Files.copy(DemoModel.loras().resolve("zorp.safetensors"), file);

    assertThat(names(served.get("/api/loras?search=newcomer").get("loras")))
        .containsExactly("newcomer");

    Files.delete(file);
    assertThat(served.get("/api/loras?search=newcomer").get("total").asInt()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"from=-1", "count=501", "count=many"})
  void loras_numberOutOfRange_isRefused(String query) {
    assertThat(refusal(served.send(served.request("/api/loras?" + query)), 422))
        .contains("must be a whole number from 0");
  }

  @Test
  void details_anyNameOfAFile_areFound() {
    JsonNode details = served.get(path("50% ü; off"));

    assertThat(details.get("training").get("checkpoint").asText())
        .isEqualTo("demo-sd1.safetensors");
    assertThat(details.get("modules_by_part").get("U-Net").asInt()).isEqualTo(165);
    assertThat(details.get("negative_text").asText()).isEqualTo("colourful");
    assertThat(details.get("metadata").get("ss_network_dim").asText()).isEqualTo("8");
    assertThat(served.get(path("Tusche #1 ü")).get("rank").asInt()).isEqualTo(8);
  }

  @Test
  void details_trainingTags_areNoTriggerWords() {
    JsonNode night = served.get(path("night"));

    assertThat(night.get("trigger_words")).isEmpty();
    assertThat(night.at("/training_tags/0/text").asText()).isEqualTo("striped");
    assertThat(night.at("/training_tags/0/count").asInt()).isEqualTo(15);
    JsonNode named = served.get(path(ManyLoras.name(145)));
    assertThat(named.get("trigger_words").findValuesAsText("text")).contains("trigger145");
    JsonNode card = served.get("/api/loras?search=night").get("loras").get(0);
    assertThat(card.get("name").asText()).isEqualTo("night");
    assertThat(card.get("trigger_words")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../characters/character-0000", "nobody", "%2e%2e", "character-0000.safetensors"})
  void details_whatIsNoName_isNotFound(String name) {
    assertThat(refusal(served.send(served.request(path(name))), 404))
        .startsWith("LoRA '" + name + "' is not in")
        .doesNotContain(folder.toString());
  }

  @Test
  void details_damagedFile_saysSo() {
    assertThat(refusal(served.send(served.request(path("damaged"))), 422))
        .contains("LoRA 'damaged' cannot be used")
        .doesNotContain(folder.toString() + File.separator);
  }

  @Test
  void preview_largePicture_isSmallAndKept() throws IOException {
    String address =
        served.get("/api/loras?search=50%25").get("loras").get(0).get("preview").asText();

    HttpResponse<byte[]> answer = served.sendForBytes(served.request("/" + address));

    BufferedImage small = ImageIO.read(new ByteArrayInputStream(answer.body()));
    assertThat(small.getWidth()).isEqualTo(360);
    assertThat(small.getHeight()).isEqualTo(180);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("image/jpeg");
    assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
    assertThat(served.sendForBytes(served.request("/" + address)).body()).isEqualTo(answer.body());
  }

  @Test
  void preview_noneOrNoPicture_isRefused() {
    String plain = ManyLoras.name(149);
    assertThat(served.get(path(plain)).has("preview")).isFalse();
    assertThat(refusal(served.send(served.request(path(plain) + "/preview")), 404))
        .isEqualTo("LoRA '%s' has no preview image", plain);
    assertThat(refusal(served.send(served.request(path("Tusche #1 ü") + "/preview")), 422))
        .startsWith("cannot read the preview image of LoRA 'Tusche #1 ü'");
  }

  @Test
  void effect_ofALora_isByBlocks() {
    JsonNode effect = served.get(path("zorp") + "/effect");
    JsonNode half = served.get(path("zorp") + "/effect?weight=0.5");

    assertThat(effect.get("applicable").asBoolean()).isTrue();
    assertThat(effect.get("verdict").asText()).startsWith("made on this checkpoint");
    assertThat(effect.get("matched").asInt()).isEqualTo(165);
    double all = effect.get("blocks").get(0).get("share").asDouble();
    assertThat(all).isBetween(0.05, 0.5);
    assertThat(half.get("blocks").get(0).get("share").asDouble() / all).isBetween(0.49, 0.51);
    JsonNode other = served.get(path(ManyLoras.name(9)) + "/effect");
    assertThat(other.get("applicable").asBoolean()).isFalse();
    assertThat(other.get("verdict").asText()).isNotBlank();
  }

  @Test
  void prompt_everythingInIt_isToldWithItsPlace() {
    String prompt = "(red:1.2) [a|b] [c:d:3] <lora:zorp:0.5> AND x BREAK y # z";

    JsonNode read = served.ask("/api/prompt", "{'prompt': '" + prompt + "'}").get("prompt");

    List<String> pieces = new ArrayList<>();
    int end = 0;
    for (JsonNode span : read.get("spans")) {
      assertThat(span.get("start").asInt()).isGreaterThanOrEqualTo(end);
      end = span.get("end").asInt();
      String text = prompt.substring(span.get("start").asInt(), end);
      pieces.add(span.get("kind").asText() + " " + text);
    }
    assertThat(pieces)
        .contains(
            "attention (",
            "stronger red",
            "attention :1.2)",
            "alternation [",
            "alternation |",
            "editing :3]",
            "lora <lora:zorp:0.5>",
            "and AND",
            "break BREAK",
            "comment # z");
    assertThat(read.get("tokens").asInt()).isPositive();
    assertThat(read.get("capacity").asInt()).isEqualTo(75 * read.get("chunks").asInt());
    JsonNode lora = read.get("loras").get(0);
    assertThat(lora.get("file").asText()).isEqualTo("zorp");
    assertThat(lora.get("weight").asDouble()).isEqualTo(0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a (b                  ! (                   ! mistake ! is never closed
          a <lora:nobody:1> b   ! <lora:nobody:1>     ! mistake ! LoRA 'nobody' is not in
          a <lora:zorp:1> b     ! <lora:zorp:1>       ! warning ! is triggered by 'zorp'
          a <lora:zorp:x> zorp  ! <lora:zorp:x>       ! mistake ! a number
          a <lroa:zorp:1> b     ! <lroa:zorp:1>       ! mistake ! did you mean <lora:zorp:1>?
          a (lora:zorp:1) b     ! (lora:zorp:1)       ! mistake ! is not a tag
          [a:b:90]              ! [a:b:90]            ! warning ! never switches in 20 steps
          """)
  void prompt_problem_isMarkedWhereItIs(
      String prompt, String marked, String severity, String sentence) {
    JsonNode read = served.ask("/api/prompt", body(prompt)).get("prompt");

    JsonNode problem = read.get("problems").get(0);
    assertThat(prompt.substring(problem.get("start").asInt(), problem.get("end").asInt()))
        .isEqualTo(marked);
    assertThat(problem.get("severity").asText()).isEqualTo(severity);
    assertThat(problem.get("sentence").asText()).contains(sentence);
  }

  private static String body(String prompt) {
    return Served.JSON.createObjectNode().put("prompt", prompt).toString().replace("'", "\\u0027");
  }

  @Test
  void prompt_negative_hasNoAnd() {
    JsonNode read = served.ask("/api/prompt", "{'negative_prompt': 'a AND b'}");

    assertThat(read.has("prompt")).isFalse();
    assertThat(read.get("negative_prompt").get("spans")).isEmpty();
    assertThat(read.get("negative_prompt").get("tokens").asInt()).isEqualTo(3);
  }

  @Test
  void prompt_stepsAndSampler_decideWhatSwitches() {
    String prompt = "{'prompt': '[cat:dog:25]', 'steps': 20, 'sampler_name': '%s'}";

    assertThat(problems(prompt.formatted("Euler"))).hasSize(1);
    assertThat(problems(prompt.formatted("Heun"))).isEmpty();
    assertThat(
            problems(
                "{'prompt': '[cat:dog:25]', 'steps': 20, 'enable_hr': true, 'hr_second_pass_steps':"
                    + " 40}"))
        .isEmpty();
  }

  private static JsonNode problems(String body) {
    return served.ask("/api/prompt", body).get("prompt").get("problems");
  }

  @Test
  void prompt_tooLong_isAProblemAndNoError() {
    JsonNode read = served.ask("/api/prompt", body("a ".repeat(60_000))).get("prompt");

    assertThat(read.get("problems").get(0).get("sentence").asText()).contains("120000 characters");
    assertThat(read.has("tokens")).isFalse();
  }

  @Test
  void prompt_modelThatTellsItsWords_marksOthers(@TempDir Path models) {
    Path model =
        TaughtModels.copy(TinyModels.CHECKPOINT, "a, cat", models.resolve("taught.safetensors"));
    try (Pipeline teller = Pipeline.builder().checkpoint(Checkpoint.open(model)).build();
        Served of = Served.of(teller)) {
      JsonNode read = of.ask("/api/prompt", "{'prompt': 'a (kat:1.2)', 'negative_prompt': 'cats'}");

      JsonNode problem = read.at("/prompt/problems/0");
      assertThat(problem.get("start").asInt()).isEqualTo(3);
      assertThat(problem.get("end").asInt()).isEqualTo(6);
      assertThat(problem.get("severity").asText()).isEqualTo("warning");
      assertThat(problem.get("sentence").asText()).contains("'kat' (nearest: 'cat')");
      assertThat(read.at("/negative_prompt/problems")).isEmpty();
      for (String typed :
          List.of("<l", "<lora", "<lora:", "<lora:flu", "<lora:flu:0.", "<hypernet:flu")) {
        assertThat(of.ask("/api/prompt", body("a cat " + typed)).at("/prompt/problems"))
            .as(typed)
            .noneMatch(one -> one.get("sentence").asText().contains("not taught"));
      }
      assertThat(of.ask("/api/prompt", body("a <lora:flu, kat")).at("/prompt/problems"))
          .anyMatch(one -> one.get("sentence").asText().contains("'kat'"));
    }
  }

  @Test
  void complete_name_isFinishedWithItsWeight() {
    JsonNode found = served.ask("/api/prompt/complete", "{'prompt': 'a <lora:zo b', 'cursor': 10}");

    JsonNode first = found.get("completions").get(0);
    assertThat(first.get("text").asText()).isEqualTo("zorp:1>");
    assertThat(first.get("kind").asText()).isEqualTo("lora");
    assertThat(first.get("start").asInt()).isEqualTo(8);
    assertThat(first.get("end").asInt()).isEqualTo(10);
    JsonNode many = served.ask("/api/prompt/complete", "{'prompt': '<lora:'}");
    assertThat(many.get("completions")).hasSize(50);
    assertThat(many.get("total").asInt()).isGreaterThanOrEqualTo(MANY);
    assertThat(
            refusal(
                served.send(served.post("/api/prompt/complete", "{'prompt': 'a', 'cursor': 2}")),
                422))
        .isEqualTo("field 'cursor' must be a position in the prompt, from 0 to 1");
  }

  @Test
  void lora_click_putsItInAndOutAgain() {
    String lora = "', 'name': '50% ü; off'";
    JsonNode with =
        served.ask("/api/prompt/lora", "{'prompt': 'a cat', 'negative_prompt': 'bad" + lora + "}");
    String prompt = with.get("prompt").asText();
    String negative = with.get("negative_prompt").asText();

    assertThat(prompt).isEqualTo("a cat <lora:50% ü; off:1>");
    assertThat(negative).isEqualTo("bad (colourful:1)");
    String after = "{'prompt': '" + prompt + "', 'negative_prompt': '" + negative + lora;
    JsonNode without = served.ask("/api/prompt/lora", after + ", 'remove': true}");
    assertThat(without.get("prompt").asText()).isEqualTo("a cat");
    assertThat(without.get("negative_prompt").asText()).isEqualTo("bad");
  }

  @Test
  void lora_nameThatTagsCannotHave_isRefused() {
    assertThat(
            refusal(
                served.send(
                    served.post("/api/prompt/lora", "{'prompt': 'a', 'name': 'Tusche #1 ü'}")),
                422))
        .contains("the name has a character that tags cannot have");
    assertThat(refusal(served.send(served.post("/api/prompt/lora", "{'prompt': 'a'}")), 422))
        .isEqualTo("field 'name' is missing");
  }
}
