package dev.sdlora.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import dev.sdlora.cli.model.BundledModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the packaged application with a local server in place of Hugging Face and Civitai, set by
 * environment variables.
 */
final class GetIT {
  private static final Path SD = Path.of("target/app/bin/sd").toAbsolutePath();
  private static final String MODEL = "hf:demo/tiny/tiny.safetensors";
  private static final List<String> SMALL =
      List.of("--steps", "2", "--size", "64x64", "--seed", "7", "--quiet");

  @TempDir Path folder;
  private final Path ink = BundledModel.loras().resolve("ink_lines.safetensors");

  @SuppressWarnings("NullAway.Init")
  private HttpServer sites;

  @BeforeEach
  void start() throws IOException {
    sites = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sites.createContext("/demo/tiny/resolve/", this::answerOfHub);
    sites.createContext("/api/v1/model-versions/", this::describe);
    sites.createContext("/ink", exchange -> send(exchange, 200, Files.readAllBytes(ink)));
    sites.start();
  }

  @AfterEach
  void stop() {
    sites.stop(0);
  }

  private void answerOfHub(HttpExchange exchange) throws IOException {
    byte[] model = Files.readAllBytes(BundledModel.checkpoint());
    exchange.getResponseHeaders().add("X-Repo-Commit", "0123456789".repeat(4));
    exchange.getResponseHeaders().add("X-Linked-Size", "" + model.length);
    exchange
        .getResponseHeaders()
        .add("X-Linked-Etag", '"' + sha256(BundledModel.checkpoint()) + '"');
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    } else {
      send(exchange, 200, model);
    }
  }

  private void describe(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestURI().getPath();
    String autoV3 = LoraAdapter.open(ink).autoV3();
    if (!asked.endsWith("/77") && !asked.toLowerCase(Locale.ROOT).endsWith(autoV3)) {
      send(exchange, 404, new byte[0]);
      return;
    }
    String version =
        """
        {"id": 77, "baseModel": "SD 1.5", "trainedWords": ["drawn with ink"],
         "files": [{"id": 9, "name": "Ink of Civitai.safetensors", "type": "Model",
                    "hashes": {"SHA256": "%s", "AutoV3": "%s"}, "downloadUrl": "%s/ink"}]}
        """
            .formatted(sha256(ink), autoV3, address());
    send(exchange, 200, version.getBytes(UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String sha256(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private String address() {
    return "http://127.0.0.1:" + sites.getAddress().getPort();
  }

  @Test
  void referencesInThePlaceOfPaths_drawTheSamePicture() throws Exception {
    List<String> files = sd(0, "get", MODEL, "civitai:77").lines().toList();

    sd(0, drawing("a.png", "--checkpoint", MODEL, "--lora", "civitai:77:0.8"));
    sd(0, drawing("b.png", "--checkpoint", files.get(0), "--lora", files.get(1) + ":0.8"));

    assertThat(Path.of(files.get(0)))
        .isEqualTo(
            folder.resolve(
                "hf/hub/models--demo--tiny/snapshots/"
                    + "0123456789".repeat(4)
                    + "/tiny.safetensors"))
        .hasSameBinaryContentAs(BundledModel.checkpoint());
    assertThat(files.get(1)).endsWith("/civitai/77/Ink of Civitai.safetensors");
    assertThat(folder.resolve("a.png")).hasSameBinaryContentAs(folder.resolve("b.png"));
    assertThat(sd(0, "checkpoint", "distance", MODEL, files.get(0)))
        .startsWith("tiny differs by 0.00 % from tiny");
    assertThat(CommandRun.of("lora", "info", files.get(1)).out())
        .contains("Civitai: drawn with ink");
  }

  @Test
  void pictureWhoseLoraIsMissing_getsItByItsHash() throws Exception {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    new GeneratedImage(
            Image.of(8, 8, new byte[3 * 8 * 8]),
            7,
            "a heart <lora:mine:1> <lora:lost:1>\n"
                + "Steps: 2, Sampler: Euler, CFG scale: 4, Seed: 7, Size:"
                + " 64x64, Lora hashes: \"mine: %s, lost: 0123456789ab\", Version: v1.10.1"
                    .formatted(LoraAdapter.open(ink).autoV3()))
        .save(folder.resolve("old.png"));
    String model = BundledModel.checkpoint().toString();

    sd(
        0,
        "generate",
        "--from",
        "old.png",
        "--checkpoint",
        model,
        "--lenient",
        "--get",
        "--lora-dir",
        "loras",
        "-o",
        "new.png");

    assertThat(loras.resolve("Ink of Civitai.safetensors")).hasSameBinaryContentAs(ink);
    assertThat(GeneratedImage.readInfotext(folder.resolve("new.png")))
        .contains("<lora:Ink of Civitai:1>");
    assertThat(Files.readString(folder.resolve("err")))
        .contains("cannot get 'civitai:hash:0123456789AB': Civitai has no such file");
  }

  @Test
  void get_noReference_isBadUsage() {
    CommandRun run = CommandRun.of("get", "hf:demo");

    assertThat(CommandRun.of("generate", "a star", "--get").err())
        .startsWith("sd: --get needs --from FILE\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("'hf:demo' is not a valid model reference: expected hf:OWNER/REPO");
  }

  private static String[] drawing(String file, String... more) {
    List<String> all = new ArrayList<>(List.of("generate", "a blue heart", "-o", file));
    all.addAll(SMALL);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private String sd(int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(SD.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().put("HF_ENDPOINT", address());
    process.environment().put("CIVITAI_ENDPOINT", address());
    process.environment().put("HF_HOME", folder.resolve("hf").toString());
    process.environment().put("SDLORA_CACHE", folder.resolve("cache").toString());
    process.environment().remove("HF_HUB_OFFLINE");
    int actual = process.start().waitFor();
    assertThat(actual).as(Files.readString(err, UTF_8)).isEqualTo(exitCode);
    return Files.readString(out, UTF_8);
  }
}
