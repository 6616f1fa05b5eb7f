package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A chat model that answers the last user message with an image. */
final class DrawingChatModel implements ChatModel {
  private final SdLoraImageModel model;

  DrawingChatModel(SdLoraImageModel model) {
    this.model = model;
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    refuseWhatDoesNotDraw(request);
    List<Content> contents =
        UserMessage.findLast(request.messages())
            .orElseThrow(() -> new InvalidRequestException("the request has no user message"))
            .contents();
    Response<Image> drawn = draw(prompt(contents), images(contents));
    Map<String, Object> attributes =
        Map.of(
            AiMessage.GENERATED_IMAGES_KEY, List.of(drawn.content()), "drawing", drawn.metadata());
    return ChatResponse.builder()
        .aiMessage(AiMessage.builder().attributes(attributes).build())
        .finishReason(FinishReason.STOP)
        .build();
  }

  private Response<Image> draw(String prompt, List<Image> images) {
    if (model.readsReferences() && !images.isEmpty()) {
      return model.edit(images, prompt);
    }
    return switch (images.size()) {
      case 0 -> model.generate(prompt);
      case 1 -> model.edit(images.get(0), prompt);
      case 2 -> model.edit(images.get(0), images.get(1), prompt);
      default ->
          throw new InvalidRequestException(
              "a message can contain an image and its mask, not %s images"
                  .formatted(images.size()));
    };
  }

  private static String prompt(List<Content> contents) {
    for (Content content : contents) {
      if (!(content instanceof TextContent || content instanceof ImageContent)) {
        throw new UnsupportedFeatureException(
            "only text and images are supported, but the message contains " + content.type());
      }
    }
    return contents.stream()
        .filter(TextContent.class::isInstance)
        .map(content -> ((TextContent) content).text())
        .collect(Collectors.joining("\n"));
  }

  private static List<Image> images(List<Content> contents) {
    return contents.stream()
        .filter(ImageContent.class::isInstance)
        .map(content -> ((ImageContent) content).image())
        .toList();
  }

  private static void refuseWhatDoesNotDraw(ChatRequest request) {
    @Nullable List<?> tools = request.toolSpecifications();
    if (tools != null && !tools.isEmpty()) {
      throw new UnsupportedFeatureException("image models do not support tools");
    }
    @Nullable ResponseFormat format = request.responseFormat();
    if (format != null && format.type() == ResponseFormatType.JSON) {
      throw new UnsupportedFeatureException("image models do not support JSON responses");
    }
  }
}
