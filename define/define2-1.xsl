<?xml version="1.0" encoding="UTF-8"?>
<!-- A plain view of a Define-XML 2.1 document, for tools that apply the stylesheet beside it. The full page is
     define.html. Source of the elements: Define-XML 2.1, Analysis Results Metadata 1.0. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:odm="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
  xmlns:arm="http://www.cdisc.org/ns/arm/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
  exclude-result-prefixes="odm def arm xlink">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:key name="item" match="odm:ItemDef" use="@OID"/>
  <xsl:key name="codelist" match="odm:CodeList" use="@OID"/>
  <xsl:key name="method" match="odm:MethodDef" use="@OID"/>
  <xsl:key name="comment" match="def:CommentDef" use="@OID"/>
  <xsl:key name="values" match="def:ValueListDef" use="@OID"/>
  <xsl:key name="where" match="def:WhereClauseDef" use="@OID"/>
  <xsl:key name="leaf" match="def:leaf" use="@ID"/>
  <xsl:key name="group" match="odm:ItemGroupDef" use="@OID"/>

  <xsl:template match="/">
    <xsl:variable name="study" select="odm:ODM/odm:Study"/>
    <xsl:variable name="metadata" select="$study/odm:MetaDataVersion"/>
    <html lang="en">
      <head>
        <title><xsl:value-of select="$metadata/@Name"/></title>
        <style>
          body { font: 13px/1.4 Arial, sans-serif; margin: 1.5em; color: #1a1d21; }
          table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em; }
          th, td { border: 1px solid #ccd2d8; padding: 3px 6px; text-align: left; vertical-align: top; }
          thead th { background: #eef1f4; } .value th { font-weight: normal; padding-left: 1.5em; }
          .soft { color: #5c6670; } a { color: #0b5cad; }
        </style>
      </head>
      <body>
        <h1><xsl:value-of select="$metadata/@Name"/></h1>
        <p><xsl:value-of select="$study/odm:GlobalVariables/odm:StudyDescription"/></p>
        <p class="soft">Protocol <xsl:value-of select="$study/odm:GlobalVariables/odm:ProtocolName"/>, Define-XML
          <xsl:value-of select="$metadata/@def:DefineVersion"/>, made <xsl:value-of select="odm:ODM/@CreationDateTime"/></p>
        <ul>
          <xsl:for-each select="$metadata/def:Standards/def:Standard">
            <li><xsl:value-of select="concat(@Name, ' ', @PublishingSet, ' ', @Version)"/></li>
          </xsl:for-each>
          <xsl:for-each select="$metadata/def:leaf">
            <li><a href="{@xlink:href}"><xsl:value-of select="def:title"/></a></li>
          </xsl:for-each>
        </ul>
        <h2>Datasets</h2>
        <table class="datasets">
          <thead><tr><th>Dataset</th><th>Description</th><th>Class</th><th>Structure</th><th>Keys</th><th>File</th></tr></thead>
          <tbody><xsl:apply-templates select="$metadata/odm:ItemGroupDef" mode="row"/></tbody>
        </table>
        <xsl:apply-templates select="$metadata/odm:ItemGroupDef"/>
        <xsl:apply-templates select="$metadata/arm:AnalysisResultDisplays"/>
        <h2>Codelists</h2>
        <xsl:apply-templates select="$metadata/odm:CodeList"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="odm:ItemGroupDef" mode="row">
    <tr>
      <td><a href="#{@OID}"><xsl:value-of select="@Name"/></a></td>
      <td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td>
      <td><xsl:value-of select="concat(def:Class/@Name, ' ', def:Class/def:SubClass/@Name)"/></td>
      <td><xsl:value-of select="@def:Structure"/></td>
      <td>
        <xsl:for-each select="odm:ItemRef[@KeySequence]">
          <xsl:sort select="@KeySequence" data-type="number"/>
          <xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="key('item', @ItemOID)/@Name"/>
        </xsl:for-each>
      </td>
      <td><xsl:for-each select="def:leaf"><a href="{@xlink:href}"><xsl:value-of select="def:title"/></a></xsl:for-each></td>
    </tr>
  </xsl:template>

  <xsl:template match="odm:ItemGroupDef">
    <h2 id="{@OID}"><xsl:value-of select="@Name"/> - <xsl:value-of select="odm:Description/odm:TranslatedText"/></h2>
    <xsl:if test="@def:CommentOID">
      <p><xsl:value-of select="key('comment', @def:CommentOID)/odm:Description/odm:TranslatedText"/></p>
    </xsl:if>
    <table class="variables">
      <thead>
        <tr><th>Variable</th><th>Label</th><th>Key</th><th>Role</th><th>Type</th><th>Codelist</th><th>Origin, method, comment</th></tr>
      </thead>
      <tbody><xsl:apply-templates select="odm:ItemRef"/></tbody>
    </table>
  </xsl:template>

  <xsl:template match="odm:ItemRef">
    <xsl:variable name="item" select="key('item', @ItemOID)"/>
    <tr id="{@ItemOID}">
      <xsl:if test="parent::def:ValueListDef"><xsl:attribute name="class">value</xsl:attribute></xsl:if>
      <th>
        <xsl:choose>
          <xsl:when test="parent::def:ValueListDef">
            <xsl:for-each select="def:WhereClauseRef">
              <xsl:if test="position() &gt; 1"> or </xsl:if>
              <xsl:apply-templates select="key('where', @WhereClauseOID)"/>
            </xsl:for-each>
          </xsl:when>
          <xsl:otherwise><xsl:value-of select="$item/@Name"/></xsl:otherwise>
        </xsl:choose>
      </th>
      <td><xsl:value-of select="$item/odm:Description/odm:TranslatedText"/></td>
      <td><xsl:value-of select="@KeySequence"/></td>
      <td><xsl:value-of select="@Role"/></td>
      <td>
        <xsl:value-of select="concat($item/@DataType, ' ', $item/@Length)"/>
        <xsl:if test="$item/@SignificantDigits">.<xsl:value-of select="$item/@SignificantDigits"/></xsl:if>
        <xsl:value-of select="concat(' ', $item/@def:DisplayFormat)"/>
      </td>
      <td>
        <xsl:for-each select="key('codelist', $item/odm:CodeListRef/@CodeListOID)">
          <a href="#{@OID}"><xsl:value-of select="@Name"/></a>
        </xsl:for-each>
      </td>
      <td>
        <xsl:if test="@def:HasNoData">No data. </xsl:if>
        <xsl:apply-templates select="$item/def:Origin"/>
        <xsl:if test="@MethodOID">
          <br/><xsl:value-of select="key('method', @MethodOID)/odm:Description/odm:TranslatedText"/>
        </xsl:if>
        <xsl:if test="$item/@def:CommentOID">
          <br/><xsl:value-of select="key('comment', $item/@def:CommentOID)/odm:Description/odm:TranslatedText"/>
        </xsl:if>
      </td>
    </tr>
    <xsl:apply-templates select="key('values', $item/def:ValueListRef/@ValueListOID)/odm:ItemRef"/>
  </xsl:template>

  <xsl:template match="def:Origin">
    <xsl:value-of select="concat(@Type, ' ', @Source, ' ', odm:Description/odm:TranslatedText)"/>
    <xsl:for-each select="def:DocumentRef">
      <xsl:variable name="leaf" select="key('leaf', @leafID)"/>
      <xsl:text> </xsl:text><a href="{$leaf/@xlink:href}"><xsl:value-of select="$leaf/def:title"/></a>
      <xsl:for-each select="def:PDFPageRef"> page <xsl:value-of select="@PageRefs"/></xsl:for-each>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="def:WhereClauseDef">
    <xsl:for-each select="odm:RangeCheck">
      <xsl:if test="position() &gt; 1"> and </xsl:if>
      <xsl:value-of select="concat(key('item', @def:ItemOID)/@Name, ' ', @Comparator)"/>
      <xsl:for-each select="odm:CheckValue">
        <xsl:if test="position() &gt; 1">,</xsl:if><xsl:value-of select="concat(' ', .)"/>
      </xsl:for-each>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="arm:AnalysisResultDisplays">
    <h2>Analysis results</h2>
    <table class="results">
      <thead><tr><th>Display</th><th>Analysis</th><th>Reason, purpose</th><th>Data</th><th>Documentation</th></tr></thead>
      <tbody>
        <xsl:for-each select="arm:ResultDisplay/arm:AnalysisResult">
          <tr>
            <td><xsl:value-of select="../@Name"/></td>
            <td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td>
            <td><xsl:value-of select="concat(@AnalysisReason, ', ', @AnalysisPurpose)"/></td>
            <td>
              <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset">
                <xsl:value-of select="key('group', @ItemGroupOID)/@Name"/>
                <xsl:for-each select="def:WhereClauseRef">
                  where <xsl:apply-templates select="key('where', @WhereClauseOID)"/>
                </xsl:for-each><br/>
              </xsl:for-each>
            </td>
            <td><xsl:value-of select="arm:Documentation/odm:Description/odm:TranslatedText"/></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <xsl:template match="odm:CodeList">
    <h3 id="{@OID}"><xsl:value-of select="@Name"/></h3>
    <p class="soft">
      <xsl:value-of select="concat(odm:Alias[@Context = 'nci:ExtCodeID']/@Name, ' ', odm:ExternalCodeList/@Dictionary, ' ',
        odm:ExternalCodeList/@Version)"/>
    </p>
    <xsl:if test="odm:CodeListItem | odm:EnumeratedItem">
      <table class="terms">
        <tbody>
          <xsl:for-each select="odm:CodeListItem | odm:EnumeratedItem">
            <tr>
              <td><xsl:value-of select="@CodedValue"/></td>
              <td><xsl:value-of select="odm:Decode/odm:TranslatedText"/></td>
              <td><xsl:value-of select="odm:Alias/@Name"/></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
