package dev.sdlora.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.Served;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tools at {@code /mcp}, called by the client of the Java SDK. */
@SuppressWarnings("NullAway.Init")
class McpTest {
  private static final Queue<ProgressNotification> PROGRESS = new ConcurrentLinkedQueue<>();

  private static Pipeline pipeline;
  private static Served served;
  private static McpSyncClient client;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.bearerToken("sk-1").maxPixels(1 << 18));
    client = client();
  }

  @AfterAll
  static void stop() {
    client.close();
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static McpSyncClient client() {
    McpSyncClient begun =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(served.server.uri().toString())
                    .jsonMapper(new JacksonMcpJsonMapper(JsonMapper.builder().build()))
                    .addHttpRequestCustomizer(
                        (request, method, uri, body, context) ->
                            request.setHeader("Authorization", "Bearer sk-1"))
                    .build())
            .jsonSchemaValidator((schema, content) -> ValidationResponse.asValid(""))
            .requestTimeout(Duration.ofMinutes(2))
            .progressConsumer(PROGRESS::add)
            .build();
    begun.initialize();
    return begun;
  }

  private static Map<String, Object> small(String prompt, Object... more) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.putAll(Map.of("prompt", prompt, "width", 64, "height", 64, "steps", 3, "seed", 5));
    for (int i = 0; i < more.length; i += 2) {
      arguments.put((String) more[i], more[i + 1]);
    }
    return arguments;
  }

  private static CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  private static byte[] png(CallToolResult result) {
    assertThat(result.isError()).as("%s", result).isNotEqualTo(true);
    ImageContent image = (ImageContent) result.content().get(0);
    assertThat(image.mimeType()).isEqualTo("image/png");
    return Base64.getDecoder().decode(image.data());
  }

  private static String text(CallToolResult result, int index) {
    return ((TextContent) result.content().get(index)).text();
  }

  private static byte[] pixels(byte[] png) {
    return Image.read(new ByteArrayInputStream(png)).rgb();
  }

  private static byte[] drawn(String prompt, long seed) {
    GeneratedImage image =
        pipeline
            .generate(
                pipeline.checkpoint().defaults().toBuilder()
                    .prompt(prompt)
                    .size(64, 64)
                    .steps(3)
                    .seed(seed)
                    .build())
            .images()
            .get(0);
    return image.png();
  }

  @Test
  void tools_listed_haveSchemasWithBounds() {
    List<McpSchema.Tool> tools = client.listTools().tools();
    assertThat(tools)
        .extracting(McpSchema.Tool::name)
        .containsExactly(
            "generate_image",
            "edit_image",
            "list_loras",
            "list_models",
            "list_settings",
            "explain_prompt");
    JsonNode schema = Served.JSON.valueToTree(tools.get(0).inputSchema());
    assertThat(schema.at("/required").toString()).isEqualTo("[\"prompt\"]");
    assertThat(schema.at("/properties/steps/maximum").asInt()).isEqualTo(1000);
    assertThat(schema.at("/properties/width/multipleOf").asInt()).isEqualTo(8);
    assertThat(schema.at("/properties/width/description").asText()).contains("at most 262144");
    assertThat(schema.at("/additionalProperties").asBoolean(true)).isFalse();
    assertThat(schema.at("/properties")).allMatch(one -> one.hasNonNull("description"));
  }

  @Test
  void generateImage_withALoraAndProgress_isThePipelinesImage() {
    PROGRESS.clear();
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder("generate_image")
                .arguments(small("a red star <lora:ink_lines:0.8>"))
                .meta(Map.of("progressToken", "mine"))
                .build());
    assertThat(png(result)).isEqualTo(drawn("a red star <lora:ink_lines:0.8>", 5));
    assertThat(text(result, 1)).startsWith("a red star <lora:ink_lines:0.8>\n").contains("Seed: 5");
    assertThat(text(result, 2)).contains("edit_image: job:");
    assertThat(PROGRESS).extracting(ProgressNotification::progressToken).containsOnly("mine");
    assertThat(PROGRESS)
        .extracting(ProgressNotification::progress)
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(0.0)
        .endsWith(3.0);
  }

  @Test
  void editImage_byNameAndByBytes_isTheSame() {
    CallToolResult first = call("generate_image", small("a red star"));
    String name = text(first, 2).replaceFirst(".* ", "");
    Map<String, Object> edit = small("a blue star", "image", name, "strength", 0.6);
    edit.remove("width");
    edit.remove("height");
    byte[] edited = png(call("edit_image", edit));
    edit.put("image", Base64Images.base64(png(first)));
    assertThat(png(call("edit_image", edit))).isEqualTo(edited).isNotEqualTo(png(first));
  }

  @Test
  void editImage_withABlackMask_keepsTheImage() {
    CallToolResult first = call("generate_image", small("a red star"));
    String name = text(first, 2).replaceFirst(".* ", "");
    String black =
        Base64Images.base64(
            Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)));
    CallToolResult edited =
        call("edit_image", small("a cat", "image", name, "mask", black, "strength", 1));
    assertThat(pixels(png(edited))).isEqualTo(pixels(png(first)));
  }

  /** Files of 20 MB may hold few pixels. */
  @Test
  void editImage_of20Megabytes_isEdited() {
    byte[] small = Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB));
    byte[] large = Arrays.copyOf(small, 20 << 20);
    png(call("edit_image", small("a star", "image", Base64Images.base64(large))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate_image | step     | 4     | unknown argument 'step'; did you mean 'steps'?",
        "generate_image | steps    | 0     | argument 'steps' must be from 1 to 1000: 0",
        "generate_image | steps    | 1.5   | argument 'steps' must be a whole number: 1.5",
        "generate_image | steps    | \"x\" | argument 'steps' must be a number: \"x\"",
        "generate_image | width    | 100   | argument 'width' must be a multiple of 8, from 64 to",
        "generate_image | width    | 4096  | arguments 'width' and 'height' make 4096x128 pixels",
        "generate_image | cfg_scale| -1    | argument 'cfg_scale' must be at least 0: -1",
        "generate_image | prompt   | null  | argument 'prompt' is missing",
        "generate_image | prompt   | 5     | argument 'prompt' must be a string: 5",
        "generate_image | prompt   | \"<lora:ink>\" | LoRA 'ink' is not in",
        "edit_image     | prompt   | \"a\" | argument 'image' is missing",
        "edit_image     | image    | \"!\" | argument 'image': image stream is in a format that",
        "edit_image     | image    | \"job:x/0\" | argument 'image' names the image 'job:x/0'",
        "edit_image     | image    | \"file:/etc/passwd\" | argument 'image' must be a base64"
            + " image",
        "edit_image     | image    | \"https://a.example/b.png\" | argument 'image' must be a"
            + " base64",
        "edit_image     | strength | 1.1   | argument 'strength' must be from 0 to 1: 1.1",
        "generate_image | result   | \"url\" | argument 'result' must be image or link: 'url'",
        "generate_image | settings | {\"order\": 9} | argument 'order' must be from 1 to 4: 9",
        "generate_image | settings | {\"ensd\": 9} | unknown setting 'ensd'",
        "generate_image | settings | {\"n_iter\": 2} | unknown setting 'n_iter'",
        "generate_image | settings | 5     | argument 'settings' must be an object: 5",
        "list_loras     | count    | 1000  | argument 'count' must be from 1 to 200: 1000",
        "explain_prompt | steps    | 9     | argument 'prompt' is missing",
      })
  void call_wrongArgument_isToldInItsWords(String tool, String name, String value, String sentence)
      throws Exception {
    Map<String, Object> arguments = new HashMap<>();
    if (!tool.equals("explain_prompt") && !tool.equals("list_loras")) {
      arguments.put("prompt", "a star");
    }
    if (tool.equals("edit_image") && !name.equals("prompt")) {
      arguments.put("image", "iVBORw0KGgo=");
    }
    arguments.put(name, Served.JSON.readValue(value, Object.class));
    CallToolResult result = call(tool, arguments);
    assertThat(result.isError()).isTrue();
    assertThat(text(result, 0)).startsWith(sentence).doesNotContain("\n");
  }

  @Test
  void settings_eachOfTheList_isAccepted() throws Exception {
    JsonNode listed = Served.json(text(call("list_settings", Map.of()), 0));
    assertThat(listed.size()).isGreaterThan(50);
    assertThat(listed).allMatch(one -> one.path("description").asText().endsWith("."));
    assertThat(listed.at("/shift/maximum").asInt()).isEqualTo(100);
    Map<String, Object> nothing = new HashMap<>();
    listed.fieldNames().forEachRemaining(name -> nothing.put(name, null));
    byte[] image = png(call("generate_image", small("a red star", "settings", nothing)));
    assertThat(image).isEqualTo(drawn("a red star", 5));
  }

  @Test
  void generateImage_withOtherSettings_isDrawnWithThem() {
    Map<String, Object> settings =
        Map.of("sampler_name", "Euler a", "cfg_rescale", 0.5, "eta_noise_seed_delta", 31337);
    String infotext = text(call("generate_image", small("a star", "settings", settings)), 1);
    assertThat(infotext).contains("Sampler: Euler a,", "CFG Rescale: 0.5", "ENSD: 31337");
  }

  @Test
  void call_unknownTool_isAnErrorOfTheProtocol() {
    assertThatThrownBy(() -> call("generate_images", Map.of()))
        .isInstanceOfSatisfying(
            McpError.class, e -> assertThat(e.getJsonRpcError().code()).isEqualTo(-32602))
        .hasMessageContaining("unknown tool 'generate_images'; did you mean 'generate_image'?");
  }

  @Test
  void lists_ofTheServer_nameModelAndLoras() {
    JsonNode models = Served.json(text(call("list_models", Map.of()), 0));
    assertThat(models.at("/models/0/name").asText()).isEqualTo("demo-sd1");
    assertThat(models.at("/models/0/width").asInt()).isEqualTo(128);
    JsonNode loras = Served.json(text(call("list_loras", Map.of("search", "ink")), 0));
    assertThat(loras.at("/loras/0/name").asText()).isEqualTo("ink_lines");
    assertThat(loras.at("/loras/0/preferred_weight").asDouble()).isEqualTo(0.5);
    assertThat(loras.at("/loras/0/trigger_words")).isNotEmpty();
    assertThat(loras.at("/loras/0/fits_model").asBoolean()).isTrue();
  }

  @Test
  void explainPrompt_withATagAndAWeight_tellsBoth() {
    JsonNode told =
        Served.json(
            text(call("explain_prompt", Map.of("prompt", "a (red:1.3) star <lora:inc:1>")), 0));
    assertThat(told.at("/tags/0").asText()).isEqualTo("<lora:inc:1>");
    assertThat(told.at("/weights/1").toString()).isEqualTo("{\"text\":\"red\",\"weight\":1.3}");
    assertThat(told.at("/tokens").asInt()).isEqualTo(3);
    assertThat(told.at("/warnings").toString()).contains("inc");
  }

  @Test
  @Tag("slow")
  void generateImage_ofEightClientsAtOnce_givesEachItsOwn() {
    List<CompletableFuture<byte[]>> all =
        IntStream.range(0, 8)
            .mapToObj(
                seed ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try (McpSyncClient own = client()) {
                            return png(
                                own.callTool(
                                    CallToolRequest.builder("generate_image")
                                        .arguments(small("a red star", "seed", seed))
                                        .build()));
                          }
                        }))
            .toList();
    for (int seed = 0; seed < 8; seed++) {
      assertThat(all.get(seed).join()).isEqualTo(drawn("a red star", seed));
    }
  }
}
