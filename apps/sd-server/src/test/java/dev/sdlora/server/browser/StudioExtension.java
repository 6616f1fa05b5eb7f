package dev.sdlora.server.browser;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts the browser and the server when the first test needs them, and opens a page for each test.
 */
final class StudioExtension implements ExecutionCondition, ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(StudioExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Chromium.FOUND.isPresent()
        ? ConditionEvaluationResult.enabled("there is a browser")
        : ConditionEvaluationResult.disabled("there is no browser");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Studio.class || type == Stage.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Stage stage =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Stage.class, type -> new Stage(), Stage.class);
    if (parameter.getParameter().getType() == Stage.class) {
      return stage;
    }
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Studio.class, type -> stage.visit(), Studio.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Studio studio = context.getStore(NAMESPACE).remove(Studio.class, Studio.class);
    if (studio != null) {
      studio.leave();
    }
  }
}
