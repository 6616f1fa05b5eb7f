package dev.sdlora.langchain4j;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What the model stands on. */
@AnalyzeClasses(packages = "dev.sdlora.langchain4j", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** langchain4j's core alone, which has these packages, and the API. */
  @ArchTest
  static final ArchRule THE_CORE_ALONE =
      ArchRuleDefinition.classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.imageio..",
              "org.jspecify..",
              "dev.langchain4j.data..",
              "dev.langchain4j.exception..",
              "dev.langchain4j.model..",
              "dev.sdlora.api",
              "dev.sdlora.langchain4j");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
