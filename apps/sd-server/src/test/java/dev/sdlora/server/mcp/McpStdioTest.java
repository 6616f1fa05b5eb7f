package dev.sdlora.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.server.McpStdio;
import dev.sdlora.server.Served;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tools over a pair of streams, line by line. */
@SuppressWarnings("NullAway.Init")
class McpStdioTest {
  private static final String LONG =
      "{'prompt':'a red star','width':128,'height':128,'steps':1000}";

  private final AtomicInteger loads = new AtomicInteger();
  private Supplier<Pipeline> loader = () -> Served.pipeline(1);
  private Pipeline loaded;
  private OutputStream toServer;
  private BufferedReader fromServer;
  private Thread serving;

  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    PipedOutputStream input = new PipedOutputStream();
    PipedOutputStream output = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(input, 1 << 16);
    toServer = input;
    fromServer =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(output, 1 << 20), StandardCharsets.UTF_8));
    serving =
        new Thread(
            () ->
                McpStdio.serve(
                    () -> {
                      loads.incrementAndGet();
                      loaded = loader.get();
                      return loaded;
                    },
                    in,
                    output));
    serving.start();
    send(
        "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18',"
            + "'capabilities':{},'clientInfo':{'name':'lines','version':'1'}}}");
    assertThat(read().at("/result/serverInfo/name").asText()).isEqualTo("sd-lora");
    send("{'jsonrpc':'2.0','method':'notifications/initialized'}");
  }

  /** The end of the input ends the server, and nothing is left of the model. */
  @AfterEach
  void stop() throws Exception {
    toServer.close();
    serving.join();
    if (loaded != null) {
      assertThat(loaded.liveTensors()).isZero();
    }
  }

  private void send(String message) throws IOException {
    toServer.write((message.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
    toServer.flush();
  }

  private void call(int id, String tool, String arguments) throws IOException {
    send(
        "{'jsonrpc':'2.0','id':%s,'method':'tools/call','params':{'name':'%s','arguments':%s,'_meta':{'progressToken':%s}}}"
            .formatted(id, tool, arguments, id));
  }

  private JsonNode read() throws IOException {
    return Served.json(String.valueOf(fromServer.readLine()));
  }

  /** Skips progress. */
  private JsonNode answer() throws IOException {
    JsonNode message = read();
    while (message.has("method")) {
      message = read();
    }
    return message;
  }

  private void untilAStep() throws IOException {
    while (!read().at("/params/message").asText().startsWith("step ")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void toolsList_loadsNoModel() throws IOException {
    send("{'jsonrpc':'2.0','id':1,'method':'tools/list'}");
    JsonNode tools = answer().at("/result/tools");
    assertThat(tools).hasSize(6);
    assertThat(tools.toString()).contains("file:/home/me/photo.png");
    assertThat(loads).hasValue(0);
  }

  @Test
  void images_generatedAndEdited_byNameAndByFile() throws IOException {
    call(1, "generate_image", "{'prompt':'a red star','width':64,'height':64,'steps':2,'seed':1}");
    JsonNode first = answer().at("/result/content");
    String name = first.at("/2/text").asText().replaceFirst(".* ", "");
    String edit = "{'prompt':'a cat','image':'%s','steps':4,'seed':1,'strength':0.5}";
    call(2, "edit_image", edit.formatted(name));
    String edited = answer().at("/result/content/0/data").asText();
    Path file = folder.resolve("first image.png");
    Files.write(file, Base64.getDecoder().decode(first.at("/0/data").asText()));
    call(3, "edit_image", edit.formatted("file:" + file));
    assertThat(answer().at("/result/content/0/data").asText()).isEqualTo(edited).isNotEmpty();
    call(4, "edit_image", edit.formatted("file://" + file + "x"));
    assertThat(answer().at("/result/content/0/text").asText()).contains("which does not exist");
    assertThat(loads).hasValue(1);
  }

  @Test
  void cancelled_whileDrawing_isNotAnswered() throws IOException {
    call(1, "generate_image", LONG);
    untilAStep();
    send("{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}");
    call(2, "generate_image", "{'prompt':'a star','width':64,'height':64,'steps':1}");
    JsonNode next = answer();
    assertThat(next.get("id").asInt()).isEqualTo(2);
    assertThat(next.at("/result/isError").asBoolean()).isFalse();
  }

  @Test
  void input_thatEndsWhileDrawing_endsTheServer() throws IOException {
    call(1, "generate_image", LONG);
    untilAStep();
  }

  @Test
  void interrupted_whileDrawing_endsTheServer() throws Exception {
    call(1, "generate_image", LONG);
    untilAStep();
    serving.interrupt();
    serving.join();
  }

  @Test
  void model_thatCannotBeLoaded_isAnErrorOfTheTool() throws IOException {
    loader =
        () -> {
          throw new CheckpointException("there is no file 'm.safetensors'");
        };
    call(1, "list_models", "{}");
    JsonNode answer = answer();
    assertThat(answer.at("/result/isError").asBoolean()).isTrue();
    assertThat(answer.at("/result/content/0/text").asText())
        .isEqualTo("there is no file 'm.safetensors'");
    loader = () -> Served.pipeline(1);
    call(2, "list_models", "{}");
    assertThat(answer().toString()).contains("demo-sd1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | -32700",
        "[] | -32700",
        "{'jsonrpc':'2.0','id':1,'method':'unknown'} | -32601",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call'} | -32602",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'paint'}} | -32602",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'list_loras','arguments':7}}"
            + " | -32602 | ",
      })
  void message_malformed_isAnsweredWithAnError(String message, int code) throws IOException {
    send(message);
    assertThat(answer().at("/error/code").asInt()).isEqualTo(code);
    send("");
    send("{'jsonrpc':'2.0','id':'p','method':'ping'}");
    assertThat(read().get("id").asText()).isEqualTo("p");
  }
}
