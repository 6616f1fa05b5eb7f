package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts {@code sd mcp} in a process of its own. */
class McpCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static List<String> java(String... arguments) {
    List<String> call = new ArrayList<>();
    call.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    call.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    call.add(Sd.class.getName());
    call.addAll(List.of(arguments));
    return call;
  }

  @Tag("slow")
  @Test
  void generateImage_ofTheSdksClient_returnsTheImage() {
    List<String> call = java("mcp");
    ServerParameters server =
        ServerParameters.builder(call.get(0)).args(call.subList(1, call.size())).build();
    JacksonMcpJsonMapper mapper = new JacksonMcpJsonMapper(JsonMapper.builder().build());
    try (McpSyncClient client =
        McpClient.sync(new StdioClientTransport(server, mapper))
            .jsonSchemaValidator((schema, content) -> ValidationResponse.asValid(""))
            .requestTimeout(Duration.ofMinutes(2))
            .initializationTimeout(Duration.ofMinutes(2))
            .build()) {
      assertThat(client.initialize().serverInfo().name()).isEqualTo("sd-lora");
      CallToolResult result =
          client.callTool(
              CallToolRequest.builder("generate_image")
                  .arguments(
                      Map.of(
                          "prompt", "a ring <lora:night:1>", "width", 64, "height", 64, "steps", 2))
                  .build());
      byte[] image = Base64.getDecoder().decode(((ImageContent) result.content().get(0)).data());
      assertThat(image).startsWith(0x89, 'P', 'N', 'G');
      assertThat(((TextContent) result.content().get(1)).text())
          .startsWith("a ring <lora:night:1>");
    }
  }

  /**
   * Not a byte of output is anything but a message, although a file is missing and a call fails.
   */
  @Test
  void output_untilTheInputEnds_isMessagesAlone() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(java("mcp", "--checkpoint", "missing.safetensors"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try (OutputStream in = process.getOutputStream()) {
      send(
          in,
          "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18',"
              + "'capabilities':{},'clientInfo':{'name':'lines','version':'1'}}}");
      send(in, "{'jsonrpc':'2.0','method':'notifications/initialized'}");
      send(in, "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'list_models'}}");
      while (!Files.readString(out).contains("\"id\":1")) {
        Thread.onSpinWait();
      }
    }
    assertThat(process.waitFor()).isZero();
    for (String line : Files.readAllLines(out)) {
      assertThat(JSON.readTree(line).get("jsonrpc").asText()).isEqualTo("2.0");
    }
    assertThat(Files.readString(out)).contains("missing.safetensors", "\"isError\":true");
    assertThat(Files.readString(err)).doesNotContain("jsonrpc");
  }

  private static void send(OutputStream in, String message) throws IOException {
    in.write((message.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  @Test
  void option_unknown_isBadUsage() {
    assertThat(CommandRun.of("mcp", "--port", "1").exitCode()).isEqualTo(2);
  }
}
