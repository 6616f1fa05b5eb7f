package dev.sdlora.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import org.junit.jupiter.api.Test;

/** Tests images from interfaces that langchain4j implements. */
class AiServiceTest extends Drawing {
  interface Painter {
    @SystemMessage("You draw.")
    @UserMessage("a {{colour}} star on a blue background <lora:ink_lines:0.8>")
    Image star(@V("colour") String colour);

    @UserMessage("a {{colour}} star")
    Image recolour(@V("colour") String colour, @UserMessage ImageContent picture);
  }

  @Test
  void serviceOfPictures_returnsWhatItsTemplateAsksFor() {
    Painter painter = AiServices.create(Painter.class, MODEL.asChatModel());
    Image star = painter.star("red");
    assertThat(star)
        .isEqualTo(
            MODEL.generate("a red star on a blue background <lora:ink_lines:0.8>").content());
    assertThat(painter.recolour("green", ImageContent.from(star)))
        .isEqualTo(MODEL.edit(star, "a green star").content());
  }

  /** An image generation tool for a chat model that writes the prompt. */
  static final class Easel {
    @Tool("draws a picture")
    Image draw(@P("what it shows") String prompt) {
      return MODEL.generate(prompt).content();
    }
  }

  interface Assistant {
    Result<String> answer(String wish);
  }

  /** Calls the tool first, then answers. */
  private static final class ScriptedChat implements ChatModel {
    private boolean drawn;

    @Override
    public ChatResponse doChat(ChatRequest request) {
      AiMessage message =
          drawn
              ? AiMessage.from("Here it is.")
              : AiMessage.from(
                  ToolExecutionRequest.builder()
                      .id("1")
                      .name("draw")
                      .arguments("{\"prompt\": \"a ring <lora:night:1>\"}")
                      .build());
      drawn = true;
      return ChatResponse.builder().aiMessage(message).build();
    }
  }

  @Test
  void toolThatDraws_isCalledByTheChatModel() {
    Assistant assistant =
        AiServices.builder(Assistant.class)
            .chatModel(new ScriptedChat())
            .tools(new Easel())
            .build();
    Result<String> result = assistant.answer("Draw me a ring at night.");
    assertThat(result.content()).isEqualTo("Here it is.");
    assertThat(result.toolExecutions())
        .singleElement()
        .satisfies(
            call ->
                assertThat(call.resultObject())
                    .isEqualTo(MODEL.generate("a ring <lora:night:1>").content()));
  }

  @Test
  void serviceWithTools_isRefused() {
    Painter painter =
        AiServices.builder(Painter.class).chatModel(MODEL.asChatModel()).tools(new Easel()).build();
    assertThatThrownBy(() -> painter.star("red"))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("image models do not support tools");
  }
}
